import type {OAuth} from './oauth.ts'
import type {Policies} from './policy.ts'

export type Mode = 'instant' | 'batch'
export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

export type Method = (typeof methods)[number]

/** A header as it goes on the wire. A name may come more than once. */
export type Header = readonly [name: string, value: string]

/** A signing secret. While `expiresAt` is ahead (or null) it is live and signs; newest first in a webhook's list. */
export interface Secret {
  readonly value: string
  readonly createdAt: number
  readonly expiresAt: number | null
}

/**
 * Why deliveries of a webhook wait although it is active: the receiver said it is gone (410), it failed for too long, or
 * a delivery of an ordered webhook was given up. Lifted by a person: `webhook enable`.
 */
export interface Pause {
  readonly reason: 'gone' | 'failing' | 'halted'
  readonly at: number
}

/** A registration: where which events go, and how. */
export interface Webhook {
  /** `wh_` and a UUIDv7 in hex. */
  readonly id: string
  readonly organizationId: number
  /** Null: every context of the organization. */
  readonly contextId: string | null
  /** Unique in its organization. */
  readonly name: string
  readonly description: string
  /** Null: not configured yet (EntryPoint asks the URL later); gets no deliveries. */
  readonly url: string | null
  /** Platform and version: `netbox@4.6`. */
  readonly platform: string
  /** Patterns of event types: `node.added`, `node.*`, `*`. At least one, in the order given. */
  readonly eventTypes: readonly string[]
  readonly mode: Mode
  readonly active: boolean
  readonly paused: Pause | null
  readonly method: Method
  readonly contentType: string
  readonly headers: readonly Header[]
  readonly secrets: readonly Secret[]
  /** Null: deliveries carry no token that is asked for. */
  readonly oauth: OAuth | null
  readonly policies: Policies
  /** Fields of one platform only, as that platform's file reads them (conditions, templates, user…). */
  readonly settings: Readonly<Record<string, unknown>>
  readonly createdAt: number
  readonly updatedAt: number
}

/** Whether what is owed to it waits until it is on again: paused, or off where that means hold (Pro Custodibus). */
export const holds = ({active, paused, policies}: Pick<Webhook, 'active' | 'paused' | 'policies'>): boolean =>
  paused !== null || (!active && policies.offSwitch === 'hold')

/** The secrets that sign and verify at `now` (ms), newest first. */
export const liveSecrets = (webhook: Pick<Webhook, 'secrets'>, now: number): readonly Secret[] =>
  webhook.secrets.filter(secret => secret.expiresAt === null || secret.expiresAt > now)
