import {randomUUID} from 'node:crypto'
import type {Input, Output} from '../api/operations.ts'
import type {Client} from '../client/client.ts'
import {maskHeaders, maskUrl} from '../domain/mask.ts'
import {isSuccess} from '../domain/success.ts'
import {checkUrl} from '../domain/url.ts'
import type {Header} from '../domain/webhook.ts'
import {usageError} from '../errors.ts'
import {readSecrets, type SecretFlags, type SecretReader} from './secrets.ts'
import type {Settings} from './settings.ts'
import {namedScheme} from './signing/choose-scheme.ts'
import {instanceTargets} from './targets.ts'
import {parseHeader} from './webhook-flags.ts'

type Rendered = Output<'event.render'>

export interface DirectFlags extends SecretFlags {
  readonly to: string
  readonly header?: readonly string[] | undefined
  readonly timeout: number
}

/** One request to a receiver, made without a webhook, and what came of it. */
export interface Exchange {
  readonly platform: string
  readonly eventId: string
  readonly eventType: string
  readonly method: string
  readonly url: string
  readonly success: boolean
  readonly status: number | null
  readonly errorClass: string | null
  readonly error: string | null
  readonly durationMs: number
  readonly requestHeaders: readonly {readonly name: string; readonly value: string}[]
  readonly requestBody: string
  readonly responseHeaders: readonly {readonly name: string; readonly value: string}[]
  readonly responseBody: string
}

/** Renders an event as a platform would and sends it to a URL, signed with the secret given: nothing is stored. */
export async function sendDirectly(
  client: Client,
  input: Input<'event.render'>,
  flags: DirectFlags,
  context: SecretReader & {readonly settings: Settings; readonly version: string},
): Promise<Exchange> {
  const url = canonical(flags.to)
  const secrets = await readSecrets(flags, context)
  const rendered = await client.call('event.render', input)
  const body = Buffer.from(rendered.body, 'base64')
  const headers = headersOf(rendered, body, secrets, flags.header ?? [], context)
  const {exchangeOnce} = await import('../embedded.ts')
  const outcome = await exchangeOnce(
    {url, method: rendered.method, headers, body, timeoutMs: flags.timeout, tls: {verify: true, caFile: null}},
    instanceTargets(context.settings).policy,
  )
  return {
    platform: rendered.platform,
    eventId: rendered.eventId,
    eventType: rendered.eventType,
    method: rendered.method,
    url: maskUrl(url),
    success: outcome.status !== null && outcome.errorClass === null && isSuccess(rendered.success, outcome.status),
    status: outcome.status,
    errorClass: outcome.errorClass,
    error: outcome.error,
    durationMs: outcome.durationMs,
    requestHeaders: views(maskHeaders(headers)),
    requestBody: body.toString('utf8'),
    responseHeaders: views(outcome.responseHeaders),
    responseBody: Buffer.from(outcome.responseBody).toString('utf8'),
  }
}

const views = (headers: readonly Header[]) => headers.map(([name, value]) => ({name, value}))

function canonical(text: string): string {
  const verdict = checkUrl(text)
  if (verdict.ok) return verdict.canonical
  throw usageError(verdict.code, `--to: ${verdict.message}`, {hint: verdict.hint})
}

function schemeOf({scheme, header, algorithm, encoding, prefix}: NonNullable<Rendered['signature']>) {
  return namedScheme({scheme, algorithm, encoding, prefix, 'signature-header': header})
}

/** As the worker would send them. */
function headersOf(
  rendered: Rendered,
  body: Uint8Array,
  secrets: readonly string[],
  given: readonly string[],
  {surroundings, version}: SecretReader & {readonly version: string},
): readonly Header[] {
  const own: Header[] = given.map(parseHeader).map(({name, value}) => [name, value])
  const usual: Header[] = [
    ['Content-Type', rendered.contentType],
    ['User-Agent', `hookctl/${version}`],
    ['Accept-Encoding', 'identity'],
    ['X-Hook-Delivery', `dlv_${randomUUID().replaceAll('-', '')}`],
    ['X-Hook-Event-Id', rendered.eventId],
  ]
  const timestamp = Math.floor(surroundings.now() / 1000)
  const scheme = rendered.signature === null || secrets.length === 0 ? null : schemeOf(rendered.signature)
  const signed = scheme?.headers(secrets, {id: rendered.eventId, timestamp, body}) ?? []
  const taken = new Set([...own, ...signed].map(([name]) => name.toLowerCase()))
  return [...usual.filter(([name]) => !taken.has(name.toLowerCase())), ...own, ...signed]
}
