import {defineConfig} from 'vitest/config'

export default defineConfig({
  test: {
    // oclif writes through console.log; intercepted, captured output would be empty.
    disableConsoleIntercept: true,
    include: ['test/**/*.test.ts'],
    // Takes longer than a change should wait for: npm run soak.
    exclude: ['test/soak/**'],
    globalSetup: ['test/harness/build.ts'],
    testTimeout: 20_000,
  },
})
