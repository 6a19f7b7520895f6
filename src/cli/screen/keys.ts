import type {InputStream} from '../surroundings.ts'

/** A key by name: `up`, `enter`, `ctrl-c`…; one that writes something by what it writes. */
export type Key = string

const NAMED: Readonly<Record<string, Key>> = {
  '\u001b[A': 'up',
  '\u001bOA': 'up',
  '\u001b[B': 'down',
  '\u001bOB': 'down',
  '\u001b[5~': 'page-up',
  '\u001b[6~': 'page-down',
  '\u001b[H': 'home',
  '\u001b[1~': 'home',
  '\u001bOH': 'home',
  '\u001b[F': 'end',
  '\u001b[4~': 'end',
  '\u001bOF': 'end',
  '\u001b': 'escape',
  '\r': 'enter',
  '\n': 'enter',
  '\u007f': 'backspace',
  '\b': 'backspace',
  '\u0003': 'ctrl-c',
  '\u0004': 'ctrl-d',
  '\u0015': 'ctrl-u',
  '\u001a': 'ctrl-z',
}

/** A sequence of an escape, one character of anything else. */
const ONE = /\u001b(?:\[[\d;?]*[ -/]*[@-~]|O[A-Za-z])|[\s\S]/gu

/** The keys in what a terminal sent; sequences nobody knows are left out. */
export const readKeys = (text: string): readonly Key[] =>
  [...text.matchAll(ONE)].flatMap(([each]) => {
    const named = NAMED[each]
    if (named !== undefined) return [named]
    return each.length > 2 || each < ' ' ? [] : [each]
  })

/** Calls back with every key, unread by the terminal itself, until the answer is called. */
export function listenForKeys(stdin: InputStream, onKey: (key: Key) => void): () => void {
  const onData = (chunk: Uint8Array | string) => {
    for (const key of readKeys(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'))) onKey(key)
  }
  stdin.setRawMode?.(true)
  stdin.on?.('data', onData)
  stdin.resume?.()
  return () => {
    stdin.off?.('data', onData)
    stdin.setRawMode?.(false)
    stdin.pause?.()
  }
}
