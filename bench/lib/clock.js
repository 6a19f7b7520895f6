import process from 'node:process'

/** Milliseconds since the machine began: the same clock in all its processes, unlike `performance.now()`. */
export const machineMs = () => Number(process.hrtime.bigint()) / 1e6
