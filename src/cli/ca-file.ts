import {X509Certificate} from 'node:crypto'
import {statSync} from 'node:fs'
import path from 'node:path'
import {isThisMachine} from '../domain/this-machine.ts'
import {usageError} from '../errors.ts'
import {readBytes} from './bytes.ts'
import type {Settings} from './settings.ts'
import {MOST_SMALL_BYTES} from './small-file.ts'
import type {Surroundings} from './surroundings.ts'

interface Flags {
  readonly 'ca-file'?: string | undefined
  readonly tls?: string | undefined
}

interface Place {
  readonly surroundings: Surroundings
  readonly settings: Settings
}

/**
 * The flags with `--ca-file` as an absolute path: whoever sends works in a folder of its own. A file on this machine is
 * looked at; one for a server elsewhere is that server's, and nobody here can.
 *
 * @throws usage `ca_file_relative`, `ca_file_without_certificate`, `file_not_readable`; not_found `file_not_found`
 */
export async function withCaFile<F extends Flags>(flags: F, {surroundings, settings}: Place): Promise<F> {
  const typed = flags['ca-file']
  // What contradicts itself is refused for that, whatever the file is.
  if (typed === undefined || flags.tls === 'skip') return flags
  const server = settings.text('server')
  if (server !== undefined && !isThisMachine(new URL(server))) {
    if (path.isAbsolute(typed)) return flags
    throw usageError('ca_file_relative', `--ca-file: ${typed} is not an absolute path`, {
      hint: `the file is read where deliveries are sent, on ${server}: name it as that machine does`,
    })
  }
  await insistOnCertificates(typed, surroundings)
  return {...flags, 'ca-file': path.resolve(surroundings.cwd, typed)}
}

async function insistOnCertificates(typed: string, surroundings: Surroundings): Promise<void> {
  const file = path.resolve(surroundings.cwd, typed)
  const found = statSync(file, {throwIfNoEntry: false})
  // Reading a pipe would wait for somebody to write.
  if (found !== undefined && !found.isFile() && !found.isDirectory()) {
    throw usageError('file_not_readable', `--ca-file: ${typed} is no regular file`, {hint: HINT})
  }
  const text = (await readBytes(file, surroundings, MOST_SMALL_BYTES)).toString('latin1')
  const certificates = text.match(PEM) ?? []
  if (certificates.length > 0 && certificates.every(isCertificate)) return
  const what = certificates.length === 0 ? 'holds no certificate in PEM' : 'holds what is no certificate'
  throw usageError('ca_file_without_certificate', `--ca-file: ${typed} ${what}`, {hint: HINT})
}

const HINT = 'give a file with one or more -----BEGIN CERTIFICATE----- blocks'
const PEM = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined
  } catch {
    return false
  }
}
