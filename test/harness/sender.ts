import type {Input} from '../../src/api/operations.ts'
import type {Header} from '../../src/domain/webhook.ts'
import {type Inbound, type InboundRequest, receiveInbound} from '../../src/services/inbound.ts'
import {type SchemeName, schemeOf, sign} from '../../src/signature/index.ts'
import type {Product} from './product.ts'

const organization = 'default'
export const SECRET = 'a secret that the sender has'

/** How the sender reaches the server. */
export const SERVER = 'https://hooks.example.com'

let sent = 0

export interface Sender {
  readonly id: string
  /** Sends these bytes, signed by the scheme unless headers are given. A handshake is answered otherwise. */
  send(body: string, changes?: Partial<Pick<InboundRequest, 'headers' | 'hops' | 'caller'>>): Promise<Inbound>
  signed(body: string): Header[]
}

/** A source and who sends to it, with a secret that both know. */
export async function aSender(product: Product, more: Partial<Input<'source.create'>> = {}): Promise<Sender> {
  const given = more.signature === null ? {} : {secret: {value: SECRET}}
  const {source} = await product.ask('source.create', {organization, name: 'in', platform: 'netbox', ...given, ...more})
  const named = schemeOf((source.signature?.scheme ?? 'netbox') as SchemeName)
  const scheme = named.signs.url ? schemeOf(named.name, {url: `${SERVER}${source.address}`}) : named
  const secret = more.secret !== undefined && 'value' in more.secret ? more.secret.value : SECRET
  const signed = (body: string): Header[] => [
    ...sign({scheme, secrets: [secret], body, id: `msg_${++sent}`, timestamp: Math.floor(product.clock.now / 1000)}),
  ]
  return {
    id: source.id,
    signed,
    send: (body, changes = {}) =>
      receiveInbound(product.deps, {
        source: source.id,
        headers: source.signature === null ? [] : signed(body),
        withBody: work => work(Buffer.from(body)),
        caller: () => Promise.reject(new Error('no token was asked for')),
        requestId: 'the-request',
        hops: 0,
        ...changes,
      }) as Promise<Inbound>,
  }
}
