/** Less is what clocks are corrected by all the time. */
const JUMP_MS = 5000

/**
 * Answers by how many milliseconds the clock was set since the last call, back where negative; 0 while it runs as the
 * clock that nobody sets does. A machine that slept looks like a clock set forward, and has overslept the same things.
 */
export function createClockWatch(now: () => number): () => number {
  const ahead = () => now() - performance.now()
  let before = ahead()
  return () => {
    const found = ahead()
    const jump = found - before
    before = found
    return Math.abs(jump) > JUMP_MS ? Math.round(jump) : 0
  }
}
