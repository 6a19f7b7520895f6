import type {Output} from '../api/operations.ts'
import type {ServeOptions} from '../embedded/serving.ts'
import type {Embedded} from '../embedded.ts'
import {conflictError} from '../errors.ts'
import {aborted, graceMs, parseListen, storeWarnings, warnings} from './serving.ts'

interface WorkOptions {
  readonly drain: boolean
  readonly listen?: string | undefined
  readonly 'host-name'?: readonly string[] | undefined
  readonly 'log-level': ServeOptions['logLevel']
}

/**
 * Sends from this process until the signal aborts, or, draining, until nothing is due. Answers the state it leaves.
 *
 * @throws conflict `sent_elsewhere` while another process sends from this store; usage `bad_listen`, conflict `port_taken`
 * for an address where a monitoring system cannot be answered
 */
export async function work(
  {client, worker: newWorker, monitor}: Embedded,
  {drain, listen, 'host-name': hosts = [], 'log-level': logLevel}: WorkOptions,
  signal: AbortSignal,
  organization: string,
  notice: (text: string) => void,
): Promise<Output<'status.show'>> {
  const address = listen === undefined ? null : parseListen(listen)
  const worker = await newWorker({logLevel, tellsItsEnd: !drain})
  const monitoring = address && (await monitor({listen: address, hosts, logLevel}))
  try {
    await worker.start()
    if (worker.state !== 'active') await refuse(client, organization)
    if (!drain) for (const line of await storeWarnings({client})) notice(line)
    if (monitoring !== null) {
      notice(`metrics at ${monitoring.url}/metrics`)
      for (const line of warnings(monitoring.exposed)) notice(line)
    }
    notice(drain ? 'sending what is due' : 'sending; Ctrl-C stops')
    await (drain ? Promise.race([worker.drained(), aborted(signal)]) : aborted(signal))
  } finally {
    await Promise.all([worker.stop({graceMs}), monitoring?.stop(graceMs)])
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
