import type {Plan} from '../../api/declarations.ts'
import type {OwnEventType} from '../../domain/event-type.ts'
import {isCredential, maskHeaders, maskUrl} from '../../domain/mask.ts'
import type {Context, Member} from '../../domain/organization.ts'
import type {Source} from '../../domain/source.ts'
import type {Webhook} from '../../domain/webhook.ts'
import {fingerprint} from '../../signature/index.ts'
import {spokenAs, spokenBy} from '../catalog.ts'
import {headerViews, maskSettings} from '../views.ts'

type Field = Plan['changes'][number]['fields'][number]

/** One thing that can be declared of an object: what it is, and how it may be shown. */
interface Value {
  readonly is: unknown
  readonly shown: unknown
  readonly masked: boolean
}

/** By path. */
export type Values = Readonly<Record<string, Value>>

const open = (is: unknown): Value => ({is, shown: is, masked: false})
const closed = (is: unknown, shown: unknown): Value => ({
  is,
  shown,
  masked: JSON.stringify(is) !== JSON.stringify(shown),
})

export const contextValues = ({name, kind}: Context): Values => ({name: open(name), kind: open(kind)})

export const memberValues = ({role, email}: Member): Values => ({role: open(role), email: open(email)})

export function webhookValues(webhook: Webhook): Values {
  const {platform, url, eventTypes, contextId, description, active, mode, method, contentType} = webhook
  const settings = maskSettings(webhook.settings)
  return {
    platform: open(platform),
    url: closed(url, url === null ? null : maskUrl(url)),
    eventTypes: open(eventTypes),
    contextId: open(contextId),
    description: open(description),
    active: open(active),
    mode: open(mode),
    method: open(method),
    contentType: open(contentType),
    secret: secretValue(webhook),
    headers: {
      is: webhook.headers,
      shown: headerViews(maskHeaders(webhook.headers)),
      masked: webhook.headers.some(isCredential),
    },
    ...under('oauth', webhook.oauth ?? {}, oauthValue),
    ...under('policies', webhook.policies, (_, policy) => open(policy)),
    ...under('settings', webhook.settings, (name, setting) => closed(setting, settings[name])),
  }
}

function oauthValue(name: string, member: unknown): Value {
  const text = String(member)
  if (name === 'clientSecret') return {is: text, shown: {fingerprint: fingerprint(text)}, masked: true}
  return name === 'tokenUrl' ? closed(text, maskUrl(text)) : open(member)
}

export function sourceValues(source: Source): Values {
  const {platform, eventType, dedupeBy, contextId, signature, active} = source
  return {
    platform: open(platform),
    eventType: open(eventType),
    dedupeBy: open(dedupeBy),
    contextId: open(contextId),
    signature: open(signature),
    active: open(active),
    secret: secretValue(source),
  }
}

/** What a new source need not be told to be. */
export const blankSourceValues = (source: Source): Values => ({
  ...sourceValues({
    ...source,
    eventType: null,
    dedupeBy: null,
    contextId: null,
    active: true,
    secrets: [],
    signature: presetOf(source),
  }),
  platform: open(null),
})

function presetOf({platform: name}: Source): Source['signature'] {
  const {platform, version} = spokenAs(name)
  return platform.preset(version).policies.signature
}

export function eventTypeValues(type: OwnEventType): Values {
  const {schema, example} = plainly(type)
  return {
    summary: open(type.summary),
    onMismatch: open(type.onMismatch),
    schema: open(schema),
    example: open(example),
  }
}

/** As a file of declarations has them: numbers as JavaScript reads them. */
export const plainly = ({schema, example}: Pick<OwnEventType, 'schema' | 'example'>) => ({
  schema: schema === null ? null : JSON.parse(schema),
  example: example === null ? null : JSON.parse(example),
})

/** What a new event type need not be told to be. */
export const blankEventTypeValues = (type: OwnEventType): Values =>
  eventTypeValues({...type, summary: '', schema: null, example: null, onMismatch: 'refuse'})

/** The same webhook as the platform has it before anything is said of it: what a new one need not be told to have. */
export function blankValues(webhook: Webhook): Values {
  const {platform, version} = spokenBy(webhook)
  const {mode, method, contentType, policies} = platform.preset(version)
  const nothing = {
    url: null,
    eventTypes: [],
    contextId: null,
    description: '',
    headers: [],
    secrets: [],
    oauth: null,
    settings: {},
  }
  const blank = webhookValues({...webhook, ...nothing, active: true, mode, method, contentType, policies})
  return {...blank, platform: open(null)}
}

/** Its newest secret: the others are on their way out. */
function secretValue({secrets: [newest]}: Pick<Webhook, 'secrets'>): Value {
  if (newest === undefined) return open(null)
  return {is: newest.value, shown: {fingerprint: fingerprint(newest.value)}, masked: true}
}

const under = (path: string, members: object, toValue: (name: string, member: unknown) => Value): Values =>
  Object.fromEntries(Object.entries(members).map(([name, member]) => [`${path}/${name}`, toValue(name, member)]))

/** What is not the same. */
export function fieldsOf(before: Values, after: Values): Field[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return paths.flatMap(path => {
    const [was, is] = [before[path], after[path]]
    if (sorted(was?.is) === sorted(is?.is)) return []
    const shown = {before: was?.shown ?? null, after: is?.shown ?? null}
    return [{path, ...shown, masked: was?.masked === true || is?.masked === true}]
  })
}

/** The order of members says nothing. */
export const sorted = (value: unknown): string =>
  JSON.stringify(value ?? null, (_, member) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
