import type {Output} from '../api/operations.ts'
import type {Embedded, ServeOptions} from '../embedded.ts'
import {conflictError} from '../errors.ts'
import {aborted, graceMs, storeWarnings} from './serving.ts'

interface WorkOptions {
  readonly drain: boolean
  readonly 'log-level': ServeOptions['logLevel']
}

/**
 * Sends from this process until the signal aborts, or, draining, until nothing is due. Answers the state it leaves.
 *
 * @throws conflict `sent_elsewhere` while another process sends from this store
 */
export async function work(
  {client, worker: newWorker}: Embedded,
  {drain, 'log-level': logLevel}: WorkOptions,
  signal: AbortSignal,
  organization: string,
  notice: (text: string) => void,
): Promise<Output<'status.show'>> {
  const worker = await newWorker({logLevel, tellsItsEnd: !drain})
  await worker.start()
  try {
    if (worker.state !== 'active') await refuse(client, organization)
    if (!drain) for (const line of await storeWarnings({client})) notice(line)
    notice(drain ? 'sending what is due' : 'sending; Ctrl-C stops')
    await (drain ? Promise.race([worker.drained(), aborted(signal)]) : aborted(signal))
  } finally {
    await worker.stop({graceMs})
  }
  return client.call('status.show', {organization})
}

async function refuse(client: Embedded['client'], organization: string): Promise<void> {
  const {worker} = await client.call('status.show', {organization})
  if (!worker.enabled) return
  const by = worker.owner === null ? 'another process' : `process ${worker.owner.pid} on ${worker.owner.host}`
  throw conflictError('sent_elsewhere', `${by} sends from this store already`, {
    hint: 'stop it first; one process at a time sends',
  })
}
