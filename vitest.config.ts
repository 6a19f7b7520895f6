import {availableParallelism} from 'node:os'
import {defineConfig} from 'vitest/config'
import {NODE_FLAGS} from './test/harness/node-flags.ts'

/** Rooms whose tests leave nothing behind in their process: read and compiled once, not for each file. */
const TOGETHER = '{api,cli,client,commands,contract,domain,platforms,receiver,server,services,signature,worker}'

export default defineConfig({
  test: {
    // oclif writes through console.log; intercepted, captured output would be empty.
    disableConsoleIntercept: true,
    projects: [
      {extends: true, test: {name: 'together', include: [`test/${TOGETHER}/**/*.test.ts`], isolate: false}},
      {
        extends: true,
        test: {
          name: 'alone',
          include: ['test/**/*.test.ts'],
          // What is in soak takes longer than a change should wait for: npm run soak.
          exclude: [`test/${TOGETHER}/**`, 'test/soak/**'],
        },
      },
    ],
    globalSetup: ['test/harness/build.ts', 'test/harness/temporary-folders.ts'],
    // Two also on two cores: many tests wait for a disk, a timer or another process.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    execArgv: NODE_FLAGS,
    testTimeout: 20_000,
  },
})
