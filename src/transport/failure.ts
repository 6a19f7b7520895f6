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

/** Thrown where a connection is opened, which only passes errors on. */
export class TargetDenied extends Error {
  readonly denial: TargetDenial
  constructor(denial: TargetDenial) {
    super('target denied')
    this.denial = denial
  }
}

/** An answer that nothing can be made of. */
export class BadAnswer extends Error {
  /** What is to be said of it, of a receiver called `host:port`. */
  readonly sentence: (host: string) => string
  constructor(sentence: (host: string) => string) {
    super('bad answer')
    this.sentence = sentence
  }
}

export const notHttp = (why: string): BadAnswer => new BadAnswer(host => `the answer of ${host} is not HTTP: ${why}`)

/** The other side ended the connection without a word. */
export class Closed extends Error {}

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
  if (error instanceof BadAnswer) return {errorClass: 'bad_response', error: error.sentence(host)}
  const code = codeOf(error) ?? ''
  if (code === 'ETIMEDOUT')
    return {errorClass: 'timeout', error: `no connection to ${host}: the network gave up (${code})`}
  if (unreachable.has(code)) return {errorClass: 'refused', error: `no connection to ${host} (${code})`}
  if (isMalformed(error, code)) return {errorClass: 'bad_response', error: explainMalformed(error, code, host)}
  if (error instanceof Closed || broken.has(code) || code === 'UND_ERR_SOCKET') return explainBreak(place)
  if (phase === 'handshake') return {errorClass: 'tls', error: `TLS with ${host} failed: ${explainTls(error, code)}`}
  return {errorClass: 'internal', error: `sending to ${host} failed: ${messageOf(error)}`}
}

// What undici makes of a proxy's answer; it gives its parser's errors a code only where the parser has one.
const isMalformed = (error: unknown, code: string): boolean =>
  code === 'UND_ERR_HEADERS_OVERFLOW' || (error instanceof Error && error.name === 'HTTPParserError')

function explainMalformed(error: unknown, code: string, host: string): string {
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return `${host} answered with more than 16 KiB of headers`
  return `the answer of ${host} is not HTTP: ${messageOf(error)}`
}

function explainBreak({host, phase, status}: Place): Failure {
  if (phase === 'handshake')
    return {errorClass: 'reset', error: `${host} closed the connection during the TLS handshake`}
  const when = status === null ? 'before it answered' : `in the middle of its answer (${status})`
  return {errorClass: 'reset', error: `${host} closed the connection ${when}`}
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
