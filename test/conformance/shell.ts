import {expect} from 'vitest'
import {type Home, type RunOptions, type RunResult, run, temporaryHome} from '../harness/cli.ts'

/** A user's terminal: command lines that share one home, so that one sees what the other stored. */
export interface Shell extends AsyncDisposable {
  readonly home: Home
  /** Runs `hookctl …words`, whatever it ends with. */
  hookctl(words: string, options?: Options): Promise<RunResult>
  /** Its answer as JSON; fails unless it ends with 0. */
  json<T = Record<string, unknown>>(words: string, options?: Options): Promise<T>
}

/** `args` are words with spaces of their own, after the others. */
type Options = Omit<RunOptions, 'home'> & {readonly args?: readonly string[]}

/** Close it with `await using`. */
export function aShell(): Shell {
  const home = temporaryHome()
  const hookctl: Shell['hookctl'] = (words, {args = [], ...options} = {}) =>
    run([...words.split(/\s+/), ...args], {...options, home})
  return {
    home,
    hookctl,
    async json(words, options = {}) {
      const result = await hookctl(words, {...options, args: [...(options.args ?? []), '--json']})
      expect(result.exitCode, `hookctl ${words}: ${result.stderr}`).toBe(0)
      return result.json()
    },
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  }
}
