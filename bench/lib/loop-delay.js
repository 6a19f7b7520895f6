// Watches how late the event loop of a process comes round; loaded with `--import`. On SIGUSR2 writes the p99 in ms into the
// file of BENCH_LOOP_DELAY.
import {writeFileSync} from 'node:fs'
import {monitorEventLoopDelay} from 'node:perf_hooks'
import process from 'node:process'
import {isMainThread} from 'node:worker_threads'

if (isMainThread) {
  const delay = monitorEventLoopDelay({resolution: 1})
  delay.enable()
  process.on('SIGUSR2', () => writeFileSync(process.env.BENCH_LOOP_DELAY, String(delay.percentile(99) / 1e6)))
}
