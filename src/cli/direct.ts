import {randomUUID} from 'node:crypto'
import type {Input, Output} from '../api/operations.ts'
import type {Client} from '../client/client.ts'
import {given} from '../domain/given.ts'
import type {Header} from '../domain/webhook.ts'
import {schemeOf} from '../signature/index.ts'
import {exchangeWith, layered, type OneExchange, sendingUrl} from './one-exchange.ts'
import {readSecrets, type SecretFlags, type SecretReader} from './secrets.ts'
import type {Settings} from './settings.ts'
import {parseHeader} from './webhook-flags.ts'

type Rendered = Output<'event.render'>

export interface DirectFlags extends SecretFlags {
  readonly to: string
  readonly header?: readonly string[] | undefined
  readonly timeout: number
}

/** What became of an event that was sent to a receiver without a webhook. */
export interface Exchange extends OneExchange {
  readonly platform: string
  readonly eventId: string
  readonly eventType: string
}

/** Renders an event as a platform would and sends it to a URL, signed with the secret given: nothing is stored. */
export async function sendDirectly(
  client: Client,
  input: Input<'event.render'>,
  flags: DirectFlags,
  context: SecretReader & {readonly settings: Settings; readonly version: string},
): Promise<Exchange> {
  const url = sendingUrl(flags.to)
  const secrets = await readSecrets(flags, context)
  const rendered = await client.call('event.render', input)
  const {platform, eventId, eventType, method, success} = rendered
  const body = Buffer.from(rendered.body, 'base64')
  const headers = headersOf(rendered, body, secrets, flags.header ?? [], context)
  const request = {url, method, headers, body, timeoutMs: flags.timeout, success}
  return {platform, eventId, eventType, ...(await exchangeWith(request, context.settings))}
}

/** As the worker would send them. */
function headersOf(
  rendered: Rendered,
  body: Uint8Array,
  secrets: readonly string[],
  typed: readonly string[],
  {surroundings, version}: SecretReader & {readonly version: string},
): readonly Header[] {
  const own: Header[] = typed.map(parseHeader).map(({name, value}) => [name, value])
  const usual: Header[] = [
    ['Content-Type', rendered.contentType],
    ['User-Agent', `hookctl/${version}`],
    ['Accept-Encoding', 'identity'],
    ['X-Hook-Delivery', `dlv_${randomUUID().replaceAll('-', '')}`],
    ['X-Hook-Event-Id', rendered.eventId],
  ]
  const timestamp = Math.floor(surroundings.now() / 1000)
  if (rendered.signature === null || secrets.length === 0) return layered(usual, own, [])
  const {scheme, ...options} = rendered.signature
  return layered(usual, own, schemeOf(scheme, given(options)).headers(secrets, {id: rendered.eventId, timestamp, body}))
}
