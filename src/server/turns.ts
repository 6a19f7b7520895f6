/** So many are begun in one turn of the event loop. */
const EACH_TURN = 8

/**
 * Begins what comes a few at a time, the others in the turns that follow: as many connections as are ready have their
 * requests read in one turn, and were all of them worked on in it, answers and deliveries of others would wait for the end
 * of it (measured: bench/latency.js).
 */
export function aFewEachTurn(each = EACH_TURN, nextTurn: (go: () => void) => void = setImmediate) {
  const waiting: (() => void)[] = []
  let begun = 0

  function turn(): void {
    begun = 0
    for (const begin of waiting.splice(0, each)) run(begin)
  }

  function run(begin: () => void): void {
    if (begun === 0) nextTurn(turn)
    begun += 1
    begin()
  }

  return (begin: () => void): void => {
    if (begun < each && waiting.length === 0) run(begin)
    else waiting.push(begin)
  }
}
