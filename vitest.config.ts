import {defineConfig} from 'vitest/config'

export default defineConfig({
  test: {
    // oclif writes through console.log; intercepted, captured output would be empty.
    disableConsoleIntercept: true,
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/harness/build.ts'],
    testTimeout: 20_000,
  },
})
