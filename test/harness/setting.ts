import {expect} from 'vitest'
import {type Home, type RunOptions, type RunResult, run, temporaryHome} from './cli.ts'
import {openReceiver, type Receiver} from './receiver.ts'

/** A user with a store of their own and a receiver, who types command lines. */
export interface Setting extends AsyncDisposable {
  readonly home: Home
  readonly receiver: Receiver
  /** Runs `hookctl ...argv`, whatever comes of it. */
  hookctl(argv: readonly string[], options?: Omit<RunOptions, 'home'>): Promise<RunResult>
  /** Runs it with --json; it must succeed. Answers what it printed. */
  json<T = Row>(...argv: readonly string[]): Promise<T>
  /** The rows of a list. */
  rows<T = Row>(...argv: readonly string[]): Promise<readonly T[]>
  /** A webhook of the receiver's; answers its id. */
  webhook(name: string, ...flags: readonly string[]): Promise<string>
  /** Where the receiver takes deliveries, with a path. */
  url(path?: string): string
}

// biome-ignore lint/suspicious/noExplicitAny: what a command prints; tests say what they expect of it.
export type Row = Record<string, any>

export async function aSetting(): Promise<Setting> {
  const home = temporaryHome()
  const receiver = await openReceiver()
  const hookctl: Setting['hookctl'] = (argv, options = {}) => run(argv, {...options, home})
  const json: Setting['json'] = async <T>(...argv: readonly string[]): Promise<T> => {
    const result = await hookctl([...argv, '--json'])
    expect(result, result.stderr).toMatchObject({exitCode: 0})
    return result.json<T>()
  }
  const url = (path = '/in') => `${receiver.url}${path}`
  return {
    home,
    receiver,
    hookctl,
    json,
    url,
    rows: async <T>(...argv: readonly string[]) => (await json<{data: readonly T[]}>(...argv)).data,
    async webhook(name, ...flags) {
      const given = (flag: string, value: string) => (flags.includes(flag) ? [] : [flag, value])
      const usual = [
        ...given('--platform', 'catalyst'),
        ...given('--url', url()),
        ...(flags.includes('--platform') ? [] : ['--allow-http', ...given('--event', 'node.*')]),
      ]
      return (await json<{id: string}>('webhook', 'create', '--name', name, ...usual, ...flags)).id
    },
    async [Symbol.asyncDispose]() {
      await receiver.close()
      await home[Symbol.asyncDispose]()
    },
  }
}
