import type {Outcome} from '../domain/delivery.ts'
import {denialSentence, type TargetDenial} from '../domain/target-denial.ts'

type FailureClass = NonNullable<Outcome['errorClass']>

/** How far an exchange has come. */
export type Phase = 'lookup' | 'proxy' | 'connect' | 'handshake' | 'exchange'

/** Why an exchange failed: the class scripts read, and one sentence for people. */
export interface Failure {
  readonly errorClass: FailureClass
  readonly error: string
}

/** Thrown inside the connector, where undici only passes errors on. */
export class TargetDenied extends Error {
  readonly denial: TargetDenial
  constructor(denial: TargetDenial) {
    super('target denied')
    this.denial = denial
  }
}

/** An answer that undici takes for one and HTTP does not. */
export class NotHttp extends Error {}

/** The name did not resolve. */
export class LookupFailed extends Error {
  readonly code: string
  constructor(cause: unknown) {
    super('lookup failed', {cause})
    this.code = codeOf(cause) ?? 'no answer'
  }
}

/** The proxy gave no way to the target: explained where it was met. */
export class ProxyFailed extends Error {
  readonly failure: Failure
  constructor(failure: Failure, cause?: unknown) {
    super(failure.error, {cause})
    this.failure = failure
  }
}

const unreachable = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EHOSTDOWN', 'ENETDOWN'])
const broken = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED'])

export interface Place {
  /** `host:port`, for the sentence. */
  readonly host: string
  readonly phase: Phase
  /** The status of the answer that had begun, or null. */
  readonly status: number | null
}

/** The class and the sentence for an error that came out of a socket, TLS or the parser. */
export function explainFailure(error: unknown, place: Place): Failure {
  if (error instanceof TargetDenied) return explainDenial(error.denial, place.host)
  if (error instanceof ProxyFailed) return error.failure
  if (error instanceof LookupFailed)
    return {errorClass: 'dns', error: `the name in ${place.host} does not resolve (${error.code})`}
  const {host, phase} = place
  const code = codeOf(error) ?? ''
  if (code === 'ETIMEDOUT')
    return {errorClass: 'timeout', error: `no connection to ${host}: the network gave up (${code})`}
  if (unreachable.has(code)) return {errorClass: 'refused', error: `no connection to ${host} (${code})`}
  if (isMalformed(error, code)) return {errorClass: 'bad_response', error: explainMalformed(error, code, host)}
  if (broken.has(code) || code === 'UND_ERR_SOCKET') return explainBreak(error, place)
  if (phase === 'handshake') return {errorClass: 'tls', error: `TLS with ${host} failed: ${explainTls(error, code)}`}
  return {errorClass: 'internal', error: `sending to ${host} failed: ${messageOf(error)}`}
}

// undici gives its parser's errors a code only where the parser has one.
const isMalformed = (error: unknown, code: string): boolean =>
  code === 'UND_ERR_HEADERS_OVERFLOW' ||
  code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' ||
  error instanceof NotHttp ||
  (error instanceof Error && error.name === 'HTTPParserError')

function explainBreak(error: unknown, {host, phase, status}: Place): Failure {
  // undici's own words for an answer nobody asked for: a second one, 100, an upgrade.
  if (/^bad (response|upgrade)$/.test(messageOf(error))) {
    return {errorClass: 'bad_response', error: `${host} sent an answer that was not asked for`}
  }
  if (phase === 'handshake')
    return {errorClass: 'reset', error: `${host} closed the connection during the TLS handshake`}
  const when = status === null ? 'before it answered' : `in the middle of its answer (${status})`
  return {errorClass: 'reset', error: `${host} closed the connection ${when}`}
}

function explainMalformed(error: unknown, code: string, host: string): string {
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return `${host} answered with more than 16 KiB of headers`
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return `the answer of ${host} is shorter or longer than it says`
  return `the answer of ${host} is not HTTP: ${messageOf(error)}`
}

export const explainFlood = (host: string, bytes: number): Failure => ({
  errorClass: 'bad_response',
  error: `${host} sent more than ${bytes / 1024} KiB, and no answer in it`,
})

function explainTls(error: unknown, code: string): string {
  // OpenSSL's message is a line of its own source; its reason is what a person can use.
  const reason = (error as {reason?: unknown}).reason
  const words = typeof reason === 'string' ? reason : messageOf(error).replace(/\.\s+Cert is for .*$/s, '')
  return code === '' ? words : `${words} (${code})`
}

/** Says which address of which host was refused, and by what. */
export function explainDenial(denial: TargetDenial, host: string): Failure {
  if (denial.reason === 'no_address') return {errorClass: 'dns', error: `the name in ${host} has no address`}
  return {errorClass: 'target_denied', error: denialSentence(denial, host)}
}

const waitedFor: Readonly<Record<Phase, string>> = {
  lookup: 'its name did not resolve',
  proxy: 'the proxy gave no connection to it',
  connect: 'there was no connection',
  handshake: 'the TLS handshake did not end',
  exchange: 'no answer came',
}

export function explainTimeout({host, phase, status}: Place, timeoutMs: number): Failure {
  const missing = status === null ? waitedFor[phase] : `its answer (${status}) did not end`
  return {errorClass: 'timeout', error: `${host} took longer than ${timeoutMs / 1000} s: ${missing}`}
}

/** The code of an error, or of the first one in what happy eyeballs collected. */
function codeOf(error: unknown): string | null {
  const {code, errors} = Object(error) as {code?: unknown; errors?: unknown}
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0])
  return typeof code === 'string' ? code : null
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
