import type {JsonText} from '../../domain/json.ts'
import {kindOf, splitMembers} from '../../domain/json-style.ts'
import type {Problem, RenderableEvent} from '../../domain/platform.ts'
import {type HookctlError, usageError} from '../../errors.ts'
import {problem} from './check.ts'

/** One member of an object in a body: its name and its value as JSON text, null where this body has no such member. */
export type Member = readonly [name: string, text: string | null]

type Texts = ReadonlyMap<string, JsonText>

/** The members of an event's `extra`, or of any JSON object; empty for null and for what is no object. */
export const textsOf = (object: JsonText | null): Texts =>
  object === null || kindOf(object) !== 'object' ? new Map() : new Map(splitMembers(object))

/**
 * An object of a body as JSON text, in the order of `members`.
 *
 * @param extra what a captured body said otherwise: takes the place of the members named in `open`, and its `more`
 *   (an object) follows at the end, less what would stand there twice
 */
export function printMembers(members: readonly Member[], extra: Texts, open: readonly string[]): string {
  const parts: string[] = []
  for (const [name, text] of members) {
    const value = open.includes(name) ? (extra.get(name) ?? text) : text
    if (value !== null) parts.push(`${JSON.stringify(name)}:${value}`)
  }
  const names = new Set(members.map(([name]) => name))
  const more = [...textsOf(extra.get('more') ?? null)].filter(([name]) => !names.has(name))
  parts.push(...more.map(([name, text]) => `${JSON.stringify(name)}:${text}`))
  return `{${parts.join(',')}}`
}

/**
 * Which of `names` an event has in `extra` though its platform fixes what stands there. Only a captured body has them,
 * where it says otherwise, and they are not looked at then: it goes out as it came.
 */
export const strayExtra = ({type, extra}: RenderableEvent, names: readonly string[]): Problem[] =>
  [...textsOf(extra).keys()]
    .filter(name => names.includes(name))
    .map(name =>
      problem(
        `extra/${name}`,
        'bad_event',
        `the body of ${type} has no place for "${name}" of extra`,
        name === 'timestamp' ? 'when it happened is the time of the event: occurredAt, or --at' : 'put it into data',
      ),
    )

/** Data that are no object where the body has one: what they say would be lost. */
export const checkDataIsObject = ({type, data}: RenderableEvent): Problem[] =>
  kindOf(data) === 'object'
    ? []
    : [problem('data', 'bad_event', `the data of ${type} are an object, not ${data.slice(0, 40)}`)]

/**
 * What a captured object says otherwise than `members` would, as the `extra` that makes `printMembers` say the same;
 * null where there is no difference.
 *
 * @param same whether two spellings of a value are one in this platform's JSON style
 */
export function deviations(
  members: readonly Member[],
  captured: Texts,
  open: readonly string[],
  same: (a: string, b: string) => boolean,
): JsonText | null {
  const names = new Set(members.map(([name]) => name))
  const other = members.flatMap(([name, text]): Member[] => {
    const value = captured.get(name)
    return open.includes(name) && value !== undefined && (text === null || !same(value, text)) ? [[name, value]] : []
  })
  const unknown = [...captured].filter(([name]) => !names.has(name))
  const more: Member[] = unknown.length > 0 ? [['more', print(unknown)]] : []
  return other.length + more.length === 0 ? null : (print([...other, ...more]) as JsonText)
}

const print = (members: readonly Member[]): string =>
  `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`

/**
 * The text of a captured body.
 *
 * @throws usage `bad_body` where it is not UTF-8 or not JSON
 */
export function jsonTextOf(bytes: Uint8Array): JsonText {
  let text: string
  try {
    text = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)
    JSON.parse(text)
  } catch (cause) {
    throw badBody(cause instanceof SyntaxError ? 'is not JSON' : 'is not UTF-8', cause)
  }
  return text as JsonText
}

/**
 * The members of one object of a captured body.
 *
 * @param where how to name it in a message: `the body`, `item 2`
 * @throws usage `bad_body` where it is no object, lacks one of `required` or repeats a name
 */
export function capturedMembers(text: JsonText, where: string, required: readonly string[], hint?: string): Texts {
  if (kindOf(text) !== 'object') throw badBody(`${where} is not a JSON object`, undefined, hint)
  const members = splitMembers(text)
  const found = new Map(members)
  const missing = required.filter(name => !found.has(name))
  if (missing.length > 0)
    throw badBody(`${where} has no ${missing.map(name => `"${name}"`).join(', ')}`, undefined, hint)
  if (found.size < members.length) throw badBody(`${where} has two members of one name`, undefined, hint)
  return found
}

export const badBody = (what: string, cause?: unknown, hint?: string): HookctlError =>
  usageError('bad_body', what.startsWith('is ') ? `the body ${what}` : what, {
    ...(cause === undefined ? {} : {cause}),
    ...(hint === undefined ? {} : {hint}),
  })

/** Why no body can be made: the event is fine for hookctl, but not for this platform. */
export const renderFailed = (message: string, hint?: string): HookctlError =>
  usageError('render_failed', message, hint === undefined ? {} : {hint})

/**
 * The one event of a body that carries one.
 *
 * @throws usage `render_failed` for none or several
 */
export function onlyEvent<T>(events: readonly T[], platform: string): T {
  const [event, ...others] = events
  if (event === undefined || others.length > 0) {
    throw renderFailed(
      `a ${platform} body carries one event, not ${events.length}`,
      'send them one by one: --mode instant',
    )
  }
  return event
}
