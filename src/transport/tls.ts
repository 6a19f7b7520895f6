import {constants} from 'node:fs'
import {type FileHandle, open} from 'node:fs/promises'
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

/** All the authorities that browsers know take a fifth of it. */
const MOST_BYTES = 1024 * 1024

/** Whoever may set up a webhook names the file: a pipe to wait at must not stop the server, nor a file without end fill it. */
const LOOK = constants.O_RDONLY | constants.O_NONBLOCK

/**
 * Reads CA files, each again when it has changed. A CA file stands in place of the well-known CAs, as in NetBox.
 *
 * @param timeoutMs so long a file may take
 */
export function createTlsSettings(): (
  tls: Policies['tls'],
  timeoutMs: number,
) => TlsSettings | Promise<TlsSettings | Failure> {
  const known = new Map<string, {readonly stamp: string; readonly ca: string}>()

  async function withCa(caFile: string): Promise<TlsSettings | Failure> {
    const file = await open(caFile, LOOK)
    try {
      const found = await file.stat()
      if (!found.isFile() || found.size > MOST_BYTES) return unusable(caFile)
      const stamp = `${found.mtimeMs}/${found.size}`
      const ca = known.get(caFile)?.stamp === stamp ? known.get(caFile)!.ca : await certificatesIn(file)
      if (ca === null) return unusable(caFile)
      known.set(caFile, {stamp, ca})
      return {key: ` ${caFile} ${stamp}`, options: {ca}}
    } finally {
      await file.close()
    }
  }

  return ({verify, caFile}, timeoutMs) => {
    if (!verify) return unverified
    return caFile === null ? verified : inTime(withCa(caFile), caFile, timeoutMs)
  }
}

async function certificatesIn(file: FileHandle): Promise<string | null> {
  const text = await file.readFile('utf8')
  return text.includes('-----BEGIN CERTIFICATE-----') ? text : null
}

/** A file on another machine may not answer at all. */
async function inTime(
  settings: Promise<TlsSettings | Failure>,
  caFile: string,
  timeoutMs: number,
): Promise<TlsSettings | Failure> {
  const late = Promise.withResolvers<Failure>()
  const timer = setTimeout(() => late.resolve(unusable(caFile)), timeoutMs)
  try {
    return await Promise.race([settings.catch(() => unusable(caFile)), late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** One sentence, whatever is the matter: who sees attempts does not learn from it which files there are. */
const unusable = (caFile: string): Failure => ({
  errorClass: 'tls',
  error: `the CA file ${caFile} cannot be read: it has to be a file of up to 1 MiB with certificates in PEM, on the machine that sends`,
})
