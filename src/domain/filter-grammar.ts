import {type DeliveryState, deliveryStates, type ErrorClass, errorClasses} from './delivery.ts'
import type {Event} from './event.ts'
import {type JsonText, parseJson, toJsonText} from './json.ts'
import {checkPattern, matches} from './subscription.ts'
import {isProblem, readComparison} from './where.ts'

/**
 * The one grammar by which deliveries are chosen: what can be asked for, under which name on the wire and at the command
 * line, and what a value looks like. Wire schema, services, flags and `hookctl help filters` are made from it.
 */

/** What is wrong with a value: told before anything is read. */
export interface FilterProblem {
  readonly code: string
  readonly message: string
  readonly hint?: string
}

export interface FilterKey {
  /** The flag, without dashes. */
  readonly flag: string
  readonly description: string
  /** What help shows for the value; absent where there is none. */
  readonly value?: string
  /** A closed set of words. */
  readonly choices?: readonly string[]
  /** Whether several values may be given: any of them counts. `all`: every one of them must hold. */
  readonly many?: 'any' | 'all'
  readonly check?: (text: string) => FilterProblem | null
}

const statusPattern = /^[1-5](?:\d\d|xx)$/

/** `404` is that one status, `4xx` its whole class. */
export function readStatus(text: string): readonly [from: number, to: number] | FilterProblem {
  if (!statusPattern.test(text)) {
    return {
      code: 'bad_status',
      message: `"${text}" is no status: a code such as 404 or a class such as 4xx`,
    }
  }
  const from = Number(text.replace('xx', '00'))
  return [from, text.endsWith('xx') ? from + 99 : from]
}

/** `TYPE:ID`, or an id alone where it has no colon; `:ID` is an id with colons. Ids are compared whole. */
export function readObject(text: string): {readonly type?: string; readonly id: string} | FilterProblem {
  const colon = text.indexOf(':')
  const [type, id] = colon === -1 ? ['', text] : [text.slice(0, colon), text.slice(colon + 1)]
  if (id === '' || text.length > 400) {
    return {
      code: 'bad_object',
      message: `"${text.slice(0, 80)}" names no object`,
      hint: 'write TYPE:ID, like Node:7 or dcim.site:54, or the id alone; an id with a colon in it as :ID',
    }
  }
  return type === '' ? {id} : {type, id}
}

/** The host of a URL, with its port or without, in any case; `*` stands for any run of characters: `*.example.com`. */
export function readHost(text: string): string | FilterProblem {
  const host = text.toLowerCase()
  if (/^(?:\[[\d:.a-f*]+\]|[\w.*-]+)(?::\d{1,5})?$/.test(host) && host.length <= 260) return host
  return {
    code: 'bad_host',
    message: `"${text.slice(0, 80)}" is no host`,
    hint: 'a host without scheme and path: hooks.example.com, *.example.com, 127.0.0.1:9000, [::1]',
  }
}

/** Whether a URL leads to a host as `readHost` gives it. */
export function leadsTo(url: string | null, host: string): boolean {
  const parsed = url === null ? null : URL.parse(url)
  if (parsed === null) return false
  const hasPort = /(?<=[\]\w.*-]):\d+$/.test(host.replace(/^\[.*?\]/, ']'))
  const port = parsed.port || (parsed.protocol === 'https:' ? '443' : '80')
  return matches(host, hasPort ? `${parsed.hostname}:${port}` : parsed.hostname)
}

const problemOf = <T>(read: T | FilterProblem): FilterProblem | null =>
  typeof read === 'object' && read !== null && 'code' in read ? (read as FilterProblem) : null

const checkComparison = (text: string): FilterProblem | null => {
  const read = readComparison(text)
  return isProblem(read) ? read : null
}

const triggers = ['event', 'replay', 'test'] as const

/** By the name on the wire. */
export const deliveryFilterKeys = {
  state: {flag: 'state', description: 'states, with commas', choices: deliveryStates, many: 'any'},
  undelivered: {
    flag: 'undelivered',
    description: 'what is over and its receiver never got, also not by a replay',
  },
  webhook: {flag: 'webhook', description: 'id or name of the webhook', value: 'WEBHOOK'},
  type: {
    flag: 'event',
    description: 'event type or pattern, like node.added or node.*',
    value: 'TYPE',
    many: 'any',
    check: checkPattern,
  },
  event: {flag: 'event-id', description: 'id of the event', value: 'ID'},
  status: {
    flag: 'status',
    description: 'HTTP status of the last answer: 404, or a class like 4xx; with commas any of them',
    value: 'CODE',
    many: 'any',
    check: (text: string) => problemOf(readStatus(text)),
  },
  errorClass: {
    flag: 'class',
    description: 'classes of the last error, with commas',
    choices: errorClasses,
    many: 'any',
  },
  trigger: {flag: 'trigger', description: 'what made the delivery, with commas', choices: triggers, many: 'any'},
  replay: {flag: 'replay', description: 'id of the replay that sent it again', value: 'REPLAY'},
  context: {
    flag: 'context',
    description: 'context it belongs to; for a webhook, the only one it hears of',
    value: 'ID',
  },
  object: {
    flag: 'object',
    description: 'what the event is about: TYPE:ID, or the id alone',
    value: 'OBJECT',
    check: (text: string) => problemOf(readObject(text)),
  },
  host: {
    flag: 'host',
    description: 'host of the URL it goes to, like hooks.example.com or *.example.com',
    value: 'HOST',
    check: (text: string) => problemOf(readHost(text)),
  },
  where: {
    flag: 'where',
    description: 'what the body says, like data.name=db-1; may be repeated',
    value: 'COMPARISON',
    many: 'all',
    check: checkComparison,
  },
  since: {flag: 'since', description: 'from this time on, like 2h, 2026-03-01 or RFC 3339', value: 'TIME'},
  until: {flag: 'until', description: 'before this time, like 2h, 2026-03-01 or RFC 3339', value: 'TIME'},
} as const satisfies Readonly<Record<string, FilterKey>>

/** A choice of deliveries as it is written on the wire. Absent members do not restrict. */
export interface DeliveryFilterInput {
  readonly state?: readonly DeliveryState[] | undefined
  readonly undelivered?: boolean | undefined
  readonly webhook?: string | undefined
  readonly type?: readonly string[] | undefined
  readonly event?: string | undefined
  readonly status?: readonly string[] | undefined
  readonly errorClass?: readonly ErrorClass[] | undefined
  readonly trigger?: readonly (typeof triggers)[number][] | undefined
  readonly replay?: string | undefined
  readonly context?: string | undefined
  readonly object?: string | undefined
  readonly host?: string | undefined
  readonly where?: readonly string[] | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
}

/** What a comparison sees of an event that was never rendered: the same for every platform. */
export const eventDocument = ({
  type,
  contextId,
  object,
  data,
  before,
  after,
}: Pick<Event, 'type' | 'contextId' | 'object' | 'data' | 'before' | 'after'>): JsonText =>
  toJsonText({type, context: contextId, object, data: value(data), before: value(before), after: value(after)})

const value = (text: JsonText | null): unknown => (text === null ? null : parseJson(text))
