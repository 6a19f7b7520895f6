import type {SignaturePolicy} from './policy.ts'
import type {Secret} from './webhook.ts'

/** Where webhooks of a platform come in: what is sent there becomes events. */
export interface Source {
  /** `src_` and a UUIDv7 in hex: its address is `/in/` and this. */
  readonly id: string
  readonly organizationId: number
  /** Unique in its organization. Its events have the source `inbound:` and this. */
  readonly name: string
  /** `netbox@4.6`, or `netbox` for what any of its versions sends. */
  readonly platform: string
  /** Of what no platform sends: the type of each request as one event, or how it is made (type-template.ts). Null: the platform reads it. */
  readonly eventType: string | null
  /**
   * How the id is made that the sender gives an event, and gives it again when it repeats it (id-template.ts). Null: headers
   * that many have tell it (request-id.ts).
   */
  readonly dedupeBy: string | null
  /** Where its events happened, unless their body says it; null: in no context. */
  readonly contextId: string | null
  /** How requests are signed. Null: they are not, and a token comes along instead. */
  readonly signature: SignaturePolicy | null
  /** Newest first; none where nothing is signed. */
  readonly secrets: readonly Secret[]
  /** What comes while it is off is refused. */
  readonly active: boolean
  readonly createdAt: number
  readonly updatedAt: number
}

/** What came to a source last. Instants in ms since the epoch; null: nothing yet. */
export interface LastReceived {
  readonly acceptedAt: number | null
  readonly refusedAt: number | null
  /** Why it was refused then: the code that was answered. */
  readonly refusal: string | null
}

export const addressOf = ({id}: Pick<Source, 'id'>): string => `/in/${id}`

/** The URL that a sender was given and signs: behind a server alone stands the address of the source. */
export const signedUrlOf = (source: Pick<Source, 'id'>, told: string): string =>
  /^https?:\/\/[^/?#]+\/?$/i.test(told) ? `${told.replace(/\/$/, '')}${addressOf(source)}` : told

/** What events say of where they came from. */
export const inboundOf = ({name}: Pick<Source, 'name'>): `inbound:${string}` => `inbound:${name}`
