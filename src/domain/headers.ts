import type {Problem} from './platform.ts'
import type {SignaturePolicy} from './policy.ts'
import type {Header} from './webhook.ts'

const MOST_HEADERS = 32
const LONGEST_VALUE = 4096

/** Of one connection only (RFC 9110, 7.6.1), or made anew for the next one. */
export const hopByHopHeaders = [
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/**
 * The first transfer coding of a message that is still in its body once the chunks are put together: nothing here undoes
 * one (RFC 9112, 6.1). Null where there is none.
 *
 * @param transferEncoding as the header says, repeated lines joined by commas
 */
export function leftCoding(transferEncoding: string): string | null {
  const codings = transferEncoding
    .split(',')
    .map(coding => coding.trim().toLowerCase())
    .filter(coding => coding !== '' && coding !== 'identity')
  return (codings.at(-1) === 'chunked' ? codings.slice(0, -1) : codings)[0] ?? null
}

/** Written by hookctl: signatures and ids that a receiver trusts. */
const ownHeaders = [
  'stripe-signature',
  'webhook-id',
  'webhook-signature',
  'webhook-timestamp',
  'x-hook-delivery',
  'x-hook-event-id',
  'x-hook-signature',
  'x-hub-signature',
  'x-hub-signature-256',
  'x-slack-request-timestamp',
  'x-slack-signature',
]

const connection: ReadonlySet<string> = new Set(['host', ...hopByHopHeaders])

/**
 * Everything wrong with the headers configured on a webhook: names that are no tokens, values with control characters
 * (NetBox #22746: a line end in a value injects a header), names that are not the webhook's to set, more than 32.
 *
 * A value never enters a message: it may be a credential.
 *
 * @param reserved further names that may not be set, such as the webhook's own signature header
 * @param given names in lower case that may be set though hookctl may send them too: its own takes their place then
 */
export function checkHeaders(
  headers: readonly Header[],
  reserved: readonly string[] = [],
  given: readonly string[] = [],
): Problem[] {
  const tooMany: Problem[] =
    headers.length > MOST_HEADERS
      ? [problem('headers', 'too_many_headers', `at most ${MOST_HEADERS} headers, not ${headers.length}`)]
      : []
  const taken = new Set(
    [...ownHeaders, ...reserved.map(name => name.toLowerCase())].filter(name => !given.includes(name)),
  )
  return [...tooMany, ...headers.flatMap((header, index) => checkHeader(header, `headers/${index}`, taken))]
}

/** Whether a body of that content type is the fields of a form. */
export const isFormType = (contentType: string): boolean =>
  /^application\/x-www-form-urlencoded\b/i.test(contentType.trim())

/** What every delivery says of itself, besides the id of its event. */
const everyDelivery: ReadonlySet<string> = new Set([
  'accept-encoding',
  'content-type',
  'hookctl-hops',
  'hookctl-replay',
  'user-agent',
  'x-hook-delivery',
])

/**
 * What is wrong with the headers that a signature is to be carried in: they may not be those of the connection or of the
 * delivery. The id that is signed is that of the event, which may stand in the event's own header.
 */
export function checkSignatureHeaders({header, timestampHeader, idHeader}: SignaturePolicy, path: string): Problem[] {
  const idOfEvent = (name: string) => name.toLowerCase() === 'x-hook-event-id'
  const beside = [header, timestampHeader].filter(name => name !== undefined)
  const all = [...beside, ...(idHeader === undefined ? [] : [idHeader])]
  const taken = [
    ...all.filter(name => connection.has(name.toLowerCase()) || everyDelivery.has(name.toLowerCase())),
    ...beside.filter(idOfEvent),
  ]
  return taken.map(name =>
    problem(path, 'reserved_header', `every delivery has a header "${name}" already`, 'choose another name'),
  )
}

function checkHeader([name, value]: Header, path: string, taken: ReadonlySet<string>): Problem[] {
  const wrongName = checkName(name, `${path}/name`, taken)
  const wrongValue = checkValue(name, value, `${path}/value`)
  return [wrongName, wrongValue].filter(found => found !== null)
}

function checkName(name: string, path: string, taken: ReadonlySet<string>): Problem | null {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/.test(name)) {
    return problem(path, 'bad_header_name', `not a header name: ${JSON.stringify(name.slice(0, 100))}`, nameHint(name))
  }
  const lower = name.toLowerCase()
  if (connection.has(lower)) {
    return problem(path, 'reserved_header', `the connection itself sends "${name}"`, 'leave it out')
  }
  if (taken.has(lower)) {
    return problem(path, 'reserved_header', `hookctl itself sends "${name}"`, 'leave it out, or choose another name')
  }
  return null
}

function checkValue(name: string, value: string, path: string): Problem | null {
  const shown = JSON.stringify(name.slice(0, 100))
  if (value.length > LONGEST_VALUE) {
    return problem(path, 'bad_header_value', `the value of ${shown} has more than ${LONGEST_VALUE} characters`)
  }
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    const hint = 'visible characters, spaces and tabs only: no line ends, nothing beyond Latin-1'
    return problem(path, 'bad_header_value', `the value of ${shown} holds a character that headers cannot carry`, hint)
  }
  if (/^[ \t]|[ \t]$/.test(value)) {
    return problem(path, 'bad_header_value', `the value of ${shown} begins or ends with white space`, 'remove it')
  }
  return null
}

const nameHint = (name: string): string =>
  name.includes(':') ? 'write it as name and value: "X-Foo: bar"' : "letters, digits and !#$%&'*+-.^_`|~ only"

const problem = (path: string, code: string, message: string, hint?: string): Problem => ({
  path,
  code,
  message,
  ...(hint === undefined ? {} : {hint}),
})
