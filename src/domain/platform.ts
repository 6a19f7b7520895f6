import type {Check} from './check.ts'
import type {DeliveryReason} from './delivery.ts'
import type {Event} from './event.ts'
import type {Change} from './history.ts'
import type {Notice} from './notice.ts'
import type {Policies} from './policy.ts'
import type {ObjectChange} from './tracked.ts'
import type {Header, Method, Mode, Webhook} from './webhook.ts'

/** One entry of a platform's catalog. */
export interface EventType {
  readonly name: string
  /** As the platform groups them: `Groups (tags)`. */
  readonly category: string
  readonly summary: string
  /**
   * What the event says happened to an object: writes the history row. Null where it says nothing of that kind, or where
   * that depends on the event: then the platform's `changeOf` says it.
   */
  readonly change: {readonly objectType: string; readonly change: Change} | null
  /** A whole event to try things with, valid for `event send --example`. */
  readonly example: ExampleEvent
  /** More of them where one type tells of different things, each with what it tells. */
  readonly samples?: readonly Sample[]
}

export interface Sample {
  readonly title: string
  readonly example: ExampleEvent
}

export type ExampleEvent = Pick<Event, 'type' | 'object' | 'data' | 'before' | 'after' | 'extra' | 'actor'>

/** What a version of a platform decides for a new webhook unless a flag says otherwise. */
interface Preset {
  readonly version: string
  readonly policies: Policies
  readonly mode: Mode
  readonly method: Method
  readonly contentType: string
  /** Policies that no flag may change, by name. */
  readonly locked: readonly (keyof Policies)[]
}

/** What `body` may depend on besides the events: part of what is frozen. */
export interface RenderContext {
  readonly version: string
  readonly organizationId: number
  readonly zone: string
  readonly settings: Webhook['settings']
}

/** One reason for a delivery: an event rule that fires, or, without rules, the webhook itself. */
export interface Firing {
  /** The rule's name, or null. */
  readonly rule: string | null
  /** The webhook's settings as they are for this delivery: with the rule's own part. */
  readonly settings: Webhook['settings']
  /** Why nothing is sent after all, or null. */
  readonly declined: DeliveryReason | null
}

/** Where one request goes, and with which headers of the webhook's own. */
export interface RequestTarget {
  readonly url: string
  readonly headers: readonly Header[]
  /** What was left out, a sentence each: for the log. */
  readonly warnings: readonly string[]
}

/**
 * What was found in a captured body: `body(events, context)` gives the same bytes again. What the body has beyond an
 * event's fields, and what it spells otherwise than we would, is kept in the events' `extra`.
 */
export interface ParsedBody {
  readonly events: readonly ParsedEvent[]
  readonly context: RenderContext
}

/** An event as far as a body tells: `requestId` is empty where the body has none. */
export type ParsedEvent = Pick<
  Event,
  'type' | 'occurredAtMicros' | 'actor' | 'requestId' | 'object' | 'data' | 'before' | 'after' | 'extra' | 'contextId'
>

/** One thing wrong with a webhook's input: `path` as in HookctlError, `code` stable. */
export interface Problem {
  readonly path: string
  readonly code: string
  readonly message: string
  readonly hint?: string
}

/** The part of an event that a body is made from. `id` gives an id to bodies that carry one of their own. */
export type RenderableEvent = ParsedEvent & {readonly id?: string} & Pick<Event, 'contextName'>

/** Something of which an organization can have only one: two webhooks with the same `key` are a conflict. */
export interface Claim {
  readonly key: string
  readonly code: string
  readonly message: string
}

/**
 * How one platform speaks webhooks. A platform is one file in src/platforms, one line in its table, and rows for the
 * shared test. Everything here is pure.
 */
export interface Platform {
  readonly name: string
  readonly title: string
  /** Oldest first; `defaultVersion` is one of them. */
  readonly versions: readonly string[]
  readonly defaultVersion: string
  readonly modes: readonly Mode[]
  /** A webhook begins with name and mode only; URL and event types are set afterwards. */
  readonly asksUrlLater?: true
  /** http:// is refused where a webhook's policies do not allow it. */
  readonly httpsOnly?: true
  preset(version: string): Preset
  /** The catalog of a version, in the platform's own order. */
  eventTypes(version: string): readonly EventType[]
  /** The catalog entry for a type, also for types outside the listed catalog where the platform allows them; null when it cannot speak of it. */
  eventType(version: string, type: string): EventType | null
  /** Whether a subscription pattern can ever match one of its event types. */
  acceptsPattern(version: string, pattern: string): boolean
  /**
   * The full spelling of an event type or of a pattern: NetBox's `site.created` is `dcim.site.created`. What has no
   * other spelling comes back as it is. Absent: the platform has one spelling only.
   */
  canonicalType?(version: string, type: string): string
  /** What an event of a type whose change depends on the event says happened to which object type. */
  changeOf?(event: RenderableEvent): EventType['change']
  /**
   * The platform's own spelling of a type of objects: NetBox's `site` is `dcim.site`. Null where it can have no objects
   * of that type. Absent: none of its objects are tracked.
   */
  objectType?(type: string): string | null
  /** What the platform sends when a tracked object changes; none where it says nothing of that (Catalyst: a changed node). */
  eventsOf?(change: ObjectChange): readonly ParsedEvent[]
  /** What it sends, to its own webhooks only, when hookctl's webhooks, tokens, settings… change. */
  ownEventsOf?(change: ObjectChange): readonly ParsedEvent[]
  /** What it sends, to its own webhooks only, of what hookctl sees by itself: a webhook that fails, a worker that stopped. */
  noticesOf?(notice: Notice): readonly ParsedEvent[]
  /** The id of the context that an event's or object's data names: NebularStack's domain. Null where it names none. */
  contextIn?(data: unknown): string | null
  /** Every rule of the platform that an event's content breaks, paths from the event: `data/danger`. */
  checkEvent?(version: string, event: RenderableEvent): readonly Problem[]
  /** Exactly the bytes that are signed and sent. @throws HookctlError `render_failed` */
  body(events: readonly RenderableEvent[], context: RenderContext): Uint8Array
  /** Reads a captured body. @throws HookctlError `bad_body` naming what is missing */
  parse(bytes: Uint8Array, version: string): ParsedBody
  /** Every rule of the platform the webhook breaks; empty when it may be saved. */
  check(webhook: Webhook, version: string): readonly Problem[]
  /** What this webhook takes for itself in its organization (NebularStack 2: one webhook per context). */
  claims?(webhook: Webhook, version: string): readonly Claim[]
  /**
   * What an event that a webhook is subscribed to leads to: one delivery each, none where it is empty. Absent: one
   * delivery, with the webhook's settings. Never throws, whatever the settings hold.
   */
  firings?(version: string, event: RenderableEvent, webhook: Webhook): readonly Firing[]
  /** How `firings` came to its answer: every rule and condition it looks at, none left out because another decided before. */
  firingChecks?(version: string, event: RenderableEvent, webhook: Webhook): readonly Check[]
  /** A webhook's settings with the part of one of its rules, by name; the webhook's own where there is no such rule. */
  settingsFor?(webhook: Webhook, rule: string | null): Webhook['settings']
  /** Whether a webhook has templates in its URL or its headers: then `target` needs the event. */
  hasTarget?(webhook: Webhook): boolean
  /**
   * URL and headers of a request, made from the event, where the webhook has templates in them; null where they are as
   * the webhook says. @throws HookctlError `render_failed`
   */
  target?(event: RenderableEvent, webhook: Webhook, context: RenderContext): RequestTarget | null
}
