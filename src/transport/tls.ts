import {readFile, stat} from 'node:fs/promises'
import type {Policies} from '../domain/policy.ts'
import type {Failure} from './failure.ts'
import type {Origin} from './lines.ts'

/** TLS settings of a webhook, with the text that tells them apart from others. */
export interface TlsSettings {
  readonly key: string
  readonly options: Origin['tls']
}

const verified: TlsSettings = {key: '', options: {}}
const unverified: TlsSettings = {key: ' unverified', options: {rejectUnauthorized: false}}

/** Reads CA files, each again when it has changed. A CA file stands in place of the well-known CAs, as in NetBox. */
export function createTlsSettings(): (tls: Policies['tls']) => TlsSettings | Promise<TlsSettings | Failure> {
  const known = new Map<string, {readonly stamp: string; readonly ca: string}>()

  async function withCa(caFile: string): Promise<TlsSettings> {
    const {mtimeMs, size} = await stat(caFile)
    const stamp = `${mtimeMs}/${size}`
    const ca = known.get(caFile)?.stamp === stamp ? known.get(caFile)!.ca : await readFile(caFile, 'utf8')
    known.set(caFile, {stamp, ca})
    return {key: ` ${caFile} ${stamp}`, options: {ca}}
  }

  return ({verify, caFile}) => {
    if (!verify) return unverified
    return caFile === null ? verified : withCa(caFile).catch(error => unreadable(caFile, error))
  }
}

const unreadable = (caFile: string, error: NodeJS.ErrnoException): Failure => ({
  errorClass: 'tls',
  error: `the CA file ${caFile} cannot be read (${error.code ?? error.message})`,
})
