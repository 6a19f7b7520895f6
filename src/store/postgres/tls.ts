import type {ConnectionOptions} from 'node:tls'
import {usageError} from '../../errors.ts'
import {readNamedFile} from './named-file.ts'

export interface TlsQuestion {
  readonly mode: string
  /** Paths of PEM files; null where none is named. */
  readonly rootCert: string | null
  readonly cert: string | null
  readonly key: string | null
}

const nobody = (): undefined => undefined

/**
 * How a connection is encrypted, by the names that PostgreSQL gives to it (libpq, "SSL Support"). Two differences: nothing
 * that was asked to be encrypted goes on without, so `allow` and `prefer` are `require`; and where no file of CAs is named,
 * those that Node trusts are taken.
 */
const modes: Readonly<Record<string, (ca: string | undefined) => ConnectionOptions | false>> = {
  disable: () => false,
  allow: encrypted,
  prefer: encrypted,
  'no-verify': () => ({rejectUnauthorized: false}),
  require: encrypted,
  'verify-ca'(ca) {
    if (ca !== undefined) return {ca, checkServerIdentity: nobody}
    // A public CA gives a certificate to everybody: without the name that says nothing.
    throw usageError('bad_store', 'sslmode=verify-ca needs the CA of the server', {
      hint: 'add sslrootcert=FILE, or say sslmode=verify-full',
    })
  },
  'verify-full': ca => (ca === undefined ? {} : {ca}),
}

/** As in libpq: checked against the CA where one is named, else only encrypted. */
function encrypted(ca: string | undefined): ConnectionOptions {
  return ca === undefined ? {rejectUnauthorized: false} : {ca, checkServerIdentity: nobody}
}

/** What Node's TLS takes; false is without. @throws HookctlError usage `bad_store`, `store_file_unreadable` */
export function tlsOf({mode, rootCert, cert, key}: TlsQuestion): ConnectionOptions | false {
  const of = Object.hasOwn(modes, mode) ? modes[mode] : undefined
  if (of === undefined) {
    throw usageError('bad_store', `sslmode of the store is not known: "${mode}"`, {
      hint: `there are ${Object.keys(modes).join(', ')}`,
    })
  }
  const options = of(rootCert === null || rootCert === 'system' ? undefined : read('sslrootcert', rootCert))
  if (options === false) return false
  return {
    ...options,
    ...(cert !== null && {cert: read('sslcert', cert)}),
    ...(key !== null && {key: read('sslkey', key)}),
  }
}

const read = (parameter: string, file: string): string =>
  readNamedFile(file, `${parameter} of the store names`, 'name a PEM file that this user may read')
