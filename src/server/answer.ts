/**
 * Headers of every answer. Nothing is cached, framed, sniffed or shared across origins, and there is no CORS header:
 * no web page may read what this server says.
 */
const always: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

type Headers = Readonly<Record<string, string>>

export const jsonAnswer = (status: number, text: string, headers: Headers = {}): Response =>
  new Response(text, {status, headers: {...always, 'content-type': 'application/json', ...headers}})

export const textAnswer = (text: string, headers: Headers = {}): Response =>
  new Response(text, {headers: {...always, 'content-type': 'text/plain; charset=utf-8', ...headers}})

export const eventStreamAnswer = (stream: ReadableStream<Uint8Array>, headers: Headers = {}): Response =>
  new Response(stream, {headers: {...always, 'content-type': 'text/event-stream', ...headers}})
