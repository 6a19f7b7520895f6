/** Versions of V8 that are known to have the flag: others would complain of it on stderr. */
const HAS_FLAG = /^1[34]\./

/** V8's own value, set again so that its flags are what the compile cache was made with. */
const BUDGET = 13_000_000

/**
 * Asks a server without making the reading of its answers fast. `fetch` reads them with a parser in WebAssembly, of which
 * V8 thinks after a few bytes that it is worth optimizing: 50 ms of a second core and 40 MB, which a process that is done
 * waits for. That pays for a server, not for a command.
 */
export async function unhurried<T>(ask: () => Promise<T>): Promise<T> {
  if (!HAS_FLAG.test(process.versions.v8)) return ask()
  const {setFlagsFromString} = process.getBuiltinModule('node:v8')
  setFlagsFromString('--wasm-tiering-budget=2000000000')
  try {
    return await ask()
  } finally {
    setFlagsFromString(`--wasm-tiering-budget=${BUDGET}`)
  }
}
