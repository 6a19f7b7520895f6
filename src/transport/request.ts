import type {Outcome} from '../domain/delivery.ts'
import {memoized} from '../domain/memoized.ts'
import type {Policies} from '../domain/policy.ts'
import type {Header, Method} from '../domain/webhook.ts'

/** One HTTP request, ready to be sent as it is. */
export interface TransportRequest {
  readonly url: string
  readonly method: Method
  /** In the order they go on the wire. `Host`, `Connection` and `Content-Length` are the transport's. */
  readonly headers: readonly Header[]
  /** Sent with a length for every method, GET included. */
  readonly body: Uint8Array
  /** From the look-up of the name to the last byte of the answer. */
  readonly timeoutMs: number
  readonly tls: Policies['tls']
  /** Ends the exchange with class `aborted`. */
  readonly signal?: AbortSignal | undefined
}

export interface Transport {
  /** One exchange. Never rejects: whatever goes wrong is in the outcome. Redirects are not followed. */
  send(request: TransportRequest): Promise<Outcome>
  /** Ends what is in flight (class `aborted`) and closes every connection. */
  close(): Promise<void>
}

// Of the connection, not of the message: undici writes them, or they would contradict what it writes.
const connectionHeaders = new Set([
  ...['host', 'connection', 'content-length', 'transfer-encoding', 'expect', 'upgrade', 'keep-alive', 'te', 'trailer'],
  ...['proxy-connection', 'proxy-authorization', 'proxy-authenticate'],
])

/** Why a request cannot be put on the wire, or null. Never shows a value: it may be a credential (A11). */
export function faultInHeaders(headers: readonly Header[]): string | null {
  for (const [name, value] of headers) {
    const fault = faultInName(name)
    if (fault !== null) return fault
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return `the value of ${name} holds a character headers cannot carry`
  }
  return null
}

function judgeName(name: string): string | null {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) return `${JSON.stringify(name)} is no header name`
  return connectionHeaders.has(name.toLowerCase()) ? `the header ${name} belongs to the connection` : null
}

/** Every request has the same few names. */
const faultInName = memoized(judgeName, 1000)
