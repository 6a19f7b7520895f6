/**
 * A function that may be called at every turn and does its work at once, but never twice within `everyMs` and never
 * twice at a time: what was asked meanwhile is done once, afterwards. However much happens, the page asks this seldom.
 *
 * @param {() => Promise<unknown>} work reports its own failures
 * @param {number} everyMs
 */
export function onceAWhile(work, everyMs) {
  let isRunning = false
  let isWanted = false
  let lastAt = Number.NEGATIVE_INFINITY
  const run = async () => {
    isRunning = true
    isWanted = false
    try {
      await work()
    } finally {
      lastAt = performance.now()
      isRunning = false
      if (isWanted) later()
    }
  }
  const later = () => {
    isRunning = true
    setTimeout(run, Math.max(0, lastAt + everyMs - performance.now()))
  }
  return () => {
    isWanted = true
    if (!isRunning) later()
  }
}
