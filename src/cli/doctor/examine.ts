import process from 'node:process'
import type {Client} from '../../client/client.ts'
import {storePath} from '../context.ts'
import {DEFAULT_LISTEN, parseListen} from '../serving.ts'
import type {Settings} from '../settings.ts'
import type {Surroundings} from '../surroundings.ts'
import {examineCertificate} from './certificate.ts'
import {examineCompletion} from './completion.ts'
import {examineConfiguration} from './configuration.ts'
import type {Finding} from './finding.ts'
import {fromError} from './from-error.ts'
import {examineNode} from './node.ts'
import {examinePort} from './port.ts'
import {examineProduct} from './product.ts'
import {examineProxy} from './proxy.ts'
import type {Reaching} from './reach.ts'
import {examineServer} from './server.ts'
import {examinePlace, examineStoreFiles, hasStore} from './store.ts'
import {examineTerminal} from './terminal.ts'

export interface DoctorSurroundings {
  readonly surroundings: Surroundings
  readonly readSettings: (options: {readonly ignoreFiles: boolean}) => Settings
  /** The server or the store that these settings lead to. */
  readonly open: (settings: Settings) => Promise<Client>
  /** Also dials where webhooks send to. */
  readonly reach: boolean
}

/** Looks at everything that hookctl stands on, in the order in which one thing needs another. Changes nothing. */
export async function examine({
  surroundings,
  readSettings,
  open,
  reach,
}: DoctorSurroundings): Promise<readonly Finding[]> {
  const {settings, findings} = examineConfiguration(surroundings, readSettings)
  const file = storePath(settings.text('store') ?? '')
  const server = examineServer(settings, file)
  const reaching = reach ? await reachingOf(settings) : null
  return [
    examineNode({version: process.versions.node, execPath: process.execPath}),
    ...findings,
    ...(await examineProxy(settings, surroundings)),
    ...(await examineCertificate(settings, surroundings.now())),
    ...(file === undefined ? [] : examineStoreFiles(file)),
    ...server.findings,
    ...(await product(settings, file, server.url, () => open(settings), surroundings.now(), reaching)),
    await examinePort(parseListen(DEFAULT_LISTEN), server.url),
    examineTerminal(settings, surroundings),
    ...examineCompletion(surroundings),
  ]
}

/** A receiver that takes longer to say hello would not take a delivery in time either. */
const REACH_TIMEOUT_MS = 3000

async function reachingOf(settings: Settings): Promise<Reaching> {
  const {ownListeners, targetPolicy, targetProxy} = await import('../targets.ts')
  const own = await ownListeners(settings)
  return {policy: targetPolicy(settings), proxy: targetProxy(settings), own, timeoutMs: REACH_TIMEOUT_MS}
}

/** A store that is not there yet is not made just to look at it. */
async function product(
  settings: Settings,
  file: string | undefined,
  url: string | null,
  open: () => Promise<Client>,
  now: number,
  reaching: Reaching | null,
): Promise<readonly Finding[]> {
  if (url === null && file !== undefined && !hasStore(file)) {
    return [examinePlace(file)]
  }
  try {
    return await examineProduct(await open(), settings.text('organization')!, now, reaching)
  } catch (error) {
    return [fromError(url === null ? 'store' : 'server', error)]
  }
}
