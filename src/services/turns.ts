/** Templates, conditions and schemas may take their time, for each event of thousands: for so long at most nobody else is answered. */
const TURN_MS = 20

/** Asked after each part of work that may go on for long: a promise to wait for where its turn is over, or null. */
export function takingTurns(): () => Promise<void> | null {
  let endsAt = performance.now() + TURN_MS
  return () => {
    if (performance.now() < endsAt) return null
    return new Promise(resolve =>
      setImmediate(() => {
        endsAt = performance.now() + TURN_MS
        resolve()
      }),
    )
  }
}
