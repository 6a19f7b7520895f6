/**
 * Headers of every answer. Nothing is cached, framed, sniffed or shared across origins, and there is no CORS header:
 * no web page may read what this server says.
 */
const always: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

export type MediaType =
  | 'application/json'
  | 'text/event-stream'
  | 'text/plain; charset=utf-8'
  | 'text/plain; version=0.0.4; charset=utf-8'
  | 'text/html; charset=utf-8'
  | 'text/css; charset=utf-8'
  | 'text/javascript; charset=utf-8'
  | 'image/svg+xml'

export interface Reply {
  readonly status?: number
  readonly type?: MediaType
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | ReadableStream<Uint8Array>
}

/** The one place answers are made. @param made the class to make it of: the listener has a cheaper one than the platform's */
export const answer = (
  {status = 200, type = 'application/json', headers, body}: Reply,
  made: typeof Response = Response,
): Response => new made(body, {status, headers: {...always, 'content-type': type, ...headers}})
