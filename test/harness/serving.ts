import type {Setting} from './setting.ts'

export interface Serving extends AsyncDisposable {
  readonly url: string
  /** As Ctrl-C stops it. Safe to call again. */
  stop(): Promise<void>
}

/** `hookctl serve` in this process, over the store of whoever types it; any free port unless one is given. */
export async function serving({hookctl}: Pick<Setting, 'hookctl'>, port = 0): Promise<Serving> {
  const {promise, resolve, reject} = Promise.withResolvers<{url: string}>()
  let interrupt = () => {}
  const ended = hookctl(['serve', '--listen', `127.0.0.1:${port}`, '--json', '--log-level', 'error'], {
    signals: emitter => {
      interrupt = () => emitter.emit('SIGINT')
    },
    onStdout: text => resolve(JSON.parse(text)),
  })
  ended.then(({stderr}) => reject(new Error(stderr)))
  const {url} = await promise
  const stop = async () => {
    interrupt()
    await ended
  }
  return {url, stop, [Symbol.asyncDispose]: stop}
}
