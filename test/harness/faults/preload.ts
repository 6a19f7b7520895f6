import process from 'node:process'

// Loaded into every thread of the process: kills it when `place:nth` is reached.
const [place, nth = '1'] = (process.env.TEST_DIE_AT ?? '').split(':')
let left = Number(nth)
globalThis.hookctlFailpoint = reached => {
  // Not an exit: nothing of ours may run any more, as when the power goes or the kernel kills.
  if (reached === place && --left === 0) process.kill(process.pid, 'SIGKILL')
}
