import {defineConfig} from 'vitest/config'
import {NODE_FLAGS} from './test/harness/node-flags.ts'

/** `npm run soak`: what takes longer than a change should wait for, and the usual tests with more of everything. */
export default defineConfig({
  test: {
    disableConsoleIntercept: true,
    include: [
      'test/soak/**/*.test.ts',
      'test/e2e/failpoints.test.ts',
      'test/e2e/backlog.test.ts',
      'test/server/fuzz.test.ts',
    ],
    env: {HOOKCTL_BACKLOG: '1000000', HOOKCTL_FAILPOINT_RUNS: '50', HOOKCTL_FUZZ: '200000'},
    globalSetup: ['test/harness/build.ts'],
    execArgv: NODE_FLAGS,
    testTimeout: 1_800_000,
    // What is measured here is disturbed by neighbours.
    fileParallelism: false,
  },
})
