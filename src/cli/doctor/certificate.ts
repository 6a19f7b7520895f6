import {createPrivateKey, X509Certificate} from 'node:crypto'
import {DAY_MS} from '../../domain/statistics.ts'
import type {Settings} from '../settings.ts'
import {readSmallFile} from '../small-file.ts'
import {type Finding, failed, ok, warning} from './finding.ts'
import {fromError} from './from-error.ts'

/** Long enough before it is over for somebody to ask for a new one. */
const SOON_MS = 14 * DAY_MS

const FIX = 'hookctl config get targets.certFile'

/** The certificate that receivers are shown who ask for one, where there is one. */
export async function examineCertificate(settings: Settings, now: number): Promise<readonly Finding[]> {
  const {targetCertificate} = await import('../targets.ts')
  try {
    const own = targetCertificate(settings)
    return own === null ? [] : [examineFiles(own.certFile, own.keyFile, now)]
  } catch (error) {
    return [fromError('certificate', error)]
  }
}

function examineFiles(certFile: string, keyFile: string, now: number): Finding {
  const certificate = readAs(certFile, text => new X509Certificate(text))
  if (certificate === null) return failed('certificate', `${certFile} holds no certificate that can be read`, FIX)
  const key = readAs(keyFile, createPrivateKey)
  if (key === null) return failed('certificate', `${keyFile} holds no key that can be read without a password`, FIX)
  if (!certificate.checkPrivateKey(key)) {
    return failed('certificate', `the key in ${keyFile} is not that of the certificate in ${certFile}`, FIX)
  }
  const until = certificate.validToDate.getTime()
  const day = certificate.validToDate.toISOString().slice(0, 10)
  if (until <= now) return failed('certificate', `the certificate in ${certFile} was good until ${day}`, FIX)
  if (until - now < SOON_MS) return warning('certificate', `the certificate in ${certFile} is good until ${day}`, FIX)
  return ok('certificate', `receivers who ask are shown the one in ${certFile}, good until ${day}`)
}

function readAs<T>(file: string, read: (text: string) => T): T | null {
  try {
    return read(readSmallFile(file))
  } catch {
    return null
  }
}
