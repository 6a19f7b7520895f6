import {constants} from 'node:fs'
import {type FileHandle, open} from 'node:fs/promises'
import type {Policies} from '../domain/policy.ts'
import type {TargetCertificate} from '../domain/target-certificate.ts'
import {namesTarget, type Target} from '../domain/target-policy.ts'
import type {Origin} from './connector.ts'
import type {Failure} from './failure.ts'

/** TLS settings of a webhook, with the text that tells them apart from others. */
interface TlsSettings {
  readonly key: string
  readonly options: Origin['tls']
}

const verified: TlsSettings = {key: '', options: {}}
const unverified: TlsSettings = {key: ' unverified', options: {rejectUnauthorized: false}}

/** All the authorities that browsers know take a fifth of it. */
const MOST_BYTES = 1024 * 1024

/** Whoever may set up a webhook names the file: a pipe to wait at must not stop the server, nor a file without end fill it. */
const LOOK = constants.O_RDONLY | constants.O_NONBLOCK

interface PemFile {
  readonly text: string
  /** Another one when the file has changed. */
  readonly stamp: string
}

type Answer = TlsSettings | Promise<TlsSettings | Failure>

/**
 * Reads what TLS needs of files, each again when it has changed. A CA file stands in place of the well-known CAs, as in
 * NetBox.
 *
 * @param own shown to the targets that it names, where they ask for one
 * @returns settings for a webhook's policy and where its URL leads; `timeoutMs`: so long the files may take
 */
export function createTlsSettings(
  own: TargetCertificate | null,
): (tls: Policies['tls'], url: {readonly origin: string; readonly target: Target}, timeoutMs: number) => Answer {
  const read = createReader()

  async function withCa(caFile: string): Promise<TlsSettings | Failure> {
    const found = await read(caFile)
    if (found === null || !found.text.includes('-----BEGIN CERTIFICATE-----')) return unusable(caFile)
    return {key: ` ${caFile} ${found.stamp}`, options: {ca: found.text}}
  }

  async function withOwn({certFile, keyFile}: TargetCertificate, given: Answer): Promise<TlsSettings | Failure> {
    const [settings, cert, key] = await Promise.all([given, read(certFile), read(keyFile)])
    if ('errorClass' in settings) return settings
    if (cert === null || key === null || !(await isPair(cert, key))) return unusableOwn
    return {
      key: `${settings.key} ${cert.stamp} ${key.stamp}`,
      options: {...settings.options, cert: cert.text, key: key.text},
    }
  }

  return ({verify, caFile}, {origin, target}, timeoutMs) => {
    const ofWebhook = () => {
      if (!verify) return unverified
      return caFile === null ? verified : inTime(withCa(caFile), unusable(caFile), timeoutMs)
    }
    const isShown = own !== null && origin.startsWith('https:') && namesTarget(own.to, target)
    if (!isShown) return ofWebhook()
    return inTime(withOwn(own, ofWebhook()), unusableOwn, timeoutMs)
  }
}

/** Answers null where it cannot be read, is no regular file, or too large. */
function createReader(): (file: string) => Promise<PemFile | null> {
  const known = new Map<string, PemFile>()

  async function look(name: string, file: FileHandle): Promise<PemFile | null> {
    const found = await file.stat()
    if (!found.isFile() || found.size > MOST_BYTES) return null
    const stamp = `${found.mtimeMs}/${found.size}`
    const before = known.get(name)
    if (before?.stamp === stamp) return before
    const now = {stamp, text: await file.readFile('utf8')}
    known.set(name, now)
    return now
  }

  return async name => {
    const file = await open(name, LOOK).catch(() => null)
    if (file === null) return null
    try {
      return await look(name, file)
    } catch {
      return null
    } finally {
      await file.close()
    }
  }
}

/** Pairs that were found to fit, or not: a pair costs as much as a delivery. */
const pairs = new WeakMap<PemFile, {readonly key: PemFile; readonly fits: boolean}>()

async function isPair(cert: PemFile, key: PemFile): Promise<boolean> {
  const known = pairs.get(cert)
  if (known?.key === key) return known.fits
  const {createSecureContext} = await import('node:tls')
  // Of a key that is empty OpenSSL is told nothing, and says nothing.
  let fits = key.text.includes('PRIVATE KEY-----')
  try {
    createSecureContext({cert: cert.text, key: key.text})
  } catch {
    fits = false
  }
  pairs.set(cert, {key, fits})
  return fits
}

/** A file on another machine may not answer at all. */
async function inTime(
  settings: Promise<TlsSettings | Failure>,
  failure: Failure,
  timeoutMs: number,
): Promise<TlsSettings | Failure> {
  const late = Promise.withResolvers<Failure>()
  const timer = setTimeout(() => late.resolve(failure), timeoutMs)
  try {
    return await Promise.race([settings, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** One sentence, whatever is the matter: who sees attempts does not learn from it which files there are. */
const unusable = (caFile: string): Failure => ({
  errorClass: 'tls',
  error: `the CA file ${caFile} cannot be read: it has to be a file of up to 1 MiB with certificates in PEM, on the machine that sends`,
})

const unusableOwn: Failure = {
  errorClass: 'tls',
  error: 'the certificate of this machine cannot be used: it has to be a PEM file with a key that fits it',
}
