import type {TargetProxy} from '../domain/target-proxy.ts'
import type {ServeOptions, Serving} from '../embedded/serving.ts'
import type {Embedded} from '../embedded.ts'
import {HookctlError, usageError} from '../errors.ts'

export const DEFAULT_LISTEN = '127.0.0.1:8700'

/** Longest time a stop may take: what is in flight then is cut, and due again at the next start. */
export const graceMs = 25_000

/** `HOST:PORT`, `[::1]:PORT` or just a port. @throws usage `bad_listen` */
export function parseListen(text: string): {host: string; port: number} {
  const match = /^(?:(.+):)?(\d{1,5})$/.exec(text)
  const port = Number(match?.[2])
  if (match === null || port > 65_535) {
    throw usageError('bad_listen', `not an address to listen on: "${text}"`, {
      hint: 'write it like 127.0.0.1:8700; port 0 is any free one',
    })
  }
  return {host: match[1] ?? '127.0.0.1', port}
}

/** Serves until the signal aborts, then finishes what is in flight. */
export async function serveUntil(
  signal: AbortSignal,
  embedded: Embedded,
  {worker, ...options}: ServeOptions & {readonly worker: 'active' | 'inactive' | undefined},
  ready: (serving: Serving) => Promise<void>,
): Promise<void> {
  if (worker !== undefined) await switchWorker(embedded, worker)
  const serving = await embedded.serve(options)
  try {
    await ready(serving)
    await aborted(signal)
  } finally {
    await serving.stop(graceMs)
  }
}

/** What to know about a server that other machines reach. */
export const warnings = (exposed: boolean): readonly string[] =>
  exposed
    ? ['warning: other machines reach this server, and nothing on the way is encrypted: put a proxy with TLS before it']
    : []

/** Who sees deliveries fail should know that they take a way round. */
export const proxyNotices = (proxy: TargetProxy | null): readonly string[] =>
  proxy === null ? [] : [`deliveries go through the proxy ${proxy.origin}`]

/** What is to be known about the store before anything is promised from it. */
export const storeWarnings = async ({client}: Pick<Embedded, 'client'>): Promise<readonly string[]> =>
  (await client.call('store.info', {})).warnings.map(warning => `warning: ${warning}`)

const MOST_REFUSALS = 20

/** Tells of webhooks that are stored and will not be delivered to: nobody should have to find out by a missing delivery. */
export function refusals(refused: Awaited<ReturnType<Serving['refused']>>): readonly string[] {
  if (refused.length === 0) return []
  const count = refused.length === 1 ? '1 webhook is' : `${refused.length} webhooks are`
  const shown = refused.slice(0, MOST_REFUSALS)
  return [
    `warning: ${count} outside the target policy; deliveries to ${refused.length === 1 ? 'it' : 'them'} will fail:`,
    ...shown.map(({organization, name, sentence}) => `  ${name} (${organization}): ${sentence}`),
    ...(refused.length > shown.length ? [`  … and ${refused.length - shown.length} more`] : []),
    `next: ${refused[0]!.hint}`,
  ]
}

/** Switches sending on or off; already there is where it should be. */
async function switchWorker({client}: Embedded, state: 'active' | 'inactive'): Promise<void> {
  try {
    await client.call(state === 'active' ? 'worker.enable' : 'worker.disable', {})
  } catch (error) {
    if (!(error instanceof HookctlError && error.kind === 'conflict')) throw error
  }
}

/** Resolves once the signal has aborted. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), {once: true})
  })
