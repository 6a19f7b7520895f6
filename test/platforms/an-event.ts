import {type JsonText, toJsonText} from '../../src/domain/json.ts'
import type {Platform, RenderableEvent, RenderContext} from '../../src/domain/platform.ts'
import type {Webhook} from '../../src/domain/webhook.ts'
import {findPlatform} from '../../src/platforms/table.ts'

/** Noon of 3 July 2026 in microseconds. */
export const NOON = Date.UTC(2026, 6, 3, 12) * 1000

type Values = Partial<Omit<RenderableEvent, 'data' | 'before' | 'after' | 'extra'>> &
  Partial<Record<'data' | 'before' | 'after' | 'extra', unknown>>

/** An event with plain values for its JSON; a string that begins like JSON text is taken as text. */
export const anEvent = ({data, before, after, extra, ...event}: Values = {}): RenderableEvent => ({
  id: 'evt_0197cf3a1b2c7d4e8f90a1b2c3d4e5f6',
  type: 'node.added',
  occurredAtMicros: NOON,
  actor: {kind: 'user', name: 'admin'},
  requestId: '17af32f0-852a-46ca-a7d4-33ecd0c13de6',
  object: null,
  contextId: null,
  data: textOf(data ?? {}),
  before: before === undefined ? null : textOf(before),
  after: after === undefined ? null : textOf(after),
  extra: extra === undefined ? null : textOf(extra),
  ...event,
})

const textOf = (value: unknown): JsonText => (typeof value === 'string' ? (value as JsonText) : toJsonText(value))

/** The body of events on `netbox@4.6`, as text. */
export function render(
  name: string,
  events: RenderableEvent | RenderableEvent[],
  context: Partial<RenderContext> = {},
) {
  const {platform, version} = findPlatform(name)
  const whole = {version, organizationId: 42, zone: '+00:00', settings: {}, ...context}
  return Buffer.from(platform.body([events].flat(), whole)).toString()
}

/** A captured body read and rendered again, as text. */
export function again(name: string, body: string): string {
  const {platform, version} = findPlatform(name)
  const {events, context} = platform.parse(Buffer.from(body), version)
  return Buffer.from(platform.body(events, context)).toString()
}

type Changes = Partial<Omit<Webhook, 'policies'>> & {policies?: Partial<Webhook['policies']>}

/** A webhook as a platform's preset makes it, with one change or another. */
export function aWebhook(name: string, {policies, ...changes}: Changes = {}): Webhook {
  const {platform, version} = findPlatform(name)
  const preset = platform.preset(version)
  return {
    id: 'wh_0197cf3a1b2c7d4e8f90a1b2c3d4e5f6',
    organizationId: 1,
    contextId: null,
    name: 'Ops Slack',
    description: '',
    url: 'https://hooks.example.com/in',
    platform: `${platform.name}@${version}`,
    eventTypes: [platform.eventTypes(version)[0]?.name ?? ''],
    mode: preset.mode,
    active: true,
    paused: null,
    method: preset.method,
    contentType: preset.contentType,
    headers: [],
    secrets: [],
    oauth: null,
    settings: {},
    createdAt: 0,
    updatedAt: 0,
    ...changes,
    policies: {...preset.policies, ...policies},
  }
}

/** What is wrong with a webhook, as `path code` lines. */
export const faults = (name: string, changes: Changes = {}): string[] =>
  problems(name, changes).map(({path, code}) => `${path} ${code}`)

export function problems(name: string, changes: Changes = {}): ReturnType<Platform['check']> {
  const {platform, version} = findPlatform(name)
  return platform.check(aWebhook(name, changes), version)
}
