import {availableParallelism} from 'node:os'
import {defineConfig} from 'vitest/config'
import {NODE_FLAGS} from './test/harness/node-flags.ts'

export default defineConfig({
  test: {
    // oclif writes through console.log; intercepted, captured output would be empty.
    disableConsoleIntercept: true,
    include: ['test/**/*.test.ts'],
    // Takes longer than a change should wait for: npm run soak.
    exclude: ['test/soak/**'],
    globalSetup: ['test/harness/build.ts'],
    // Two also on two cores: many tests wait for a disk, a timer or another process.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    execArgv: NODE_FLAGS,
    testTimeout: 20_000,
  },
})
