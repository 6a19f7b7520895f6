import {spawn} from 'node:child_process'
import {once} from 'node:events'
import process from 'node:process'
import {stripVTControlCharacters} from 'node:util'

export interface Pty extends AsyncDisposable {
  /** Sends keys and resolves with what the terminal showed from then on, once that matches. */
  type(keys: string, until: RegExp): Promise<string>
}

/** A program on a terminal of its own, by util-linux' script(1). */
export function onTerminal(
  command: string,
  {cwd, env}: {readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>>},
): Pty {
  const child = spawn('script', ['-qfec', command, '/dev/null'], {cwd, env: {TERM: 'dumb', ...env}, detached: true})
  let shown = ''
  let look = () => {}
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += stripVTControlCharacters(text)
    look()
  })
  child.stdin.on('error', () => {})
  const closed = once(child, 'close')
  return {
    type: (keys, until) =>
      new Promise((resolve, reject) => {
        shown = ''
        const timer = setTimeout(() => reject(new Error(`the terminal never showed ${until}: ${shown}`)), 15_000)
        look = () => {
          if (!until.test(shown)) return
          clearTimeout(timer)
          look = () => {}
          resolve(shown)
        }
        child.stdin.write(keys)
        look()
      }),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL')
      await closed
    },
  }
}
