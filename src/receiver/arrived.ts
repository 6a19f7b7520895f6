import {type IdTemplate, idOfRequest} from '../domain/id-template.ts'
import {parseJson} from '../domain/json.ts'
import {requestIdIn} from '../domain/request-id.ts'
import {matches} from '../domain/subscription.ts'
import type {TypeTemplate} from '../domain/type-template.ts'
import {HookctlError} from '../errors.ts'
import {type Captured, readCaptured} from '../platforms/detect.ts'
import {findPlatform} from '../platforms/table.ts'
import {readTypedRequest, tellingOf} from '../platforms/typed-request.ts'
import type {RawRequest} from './raw-http.ts'

/** One event in a body that came in. */
export interface ArrivedEvent {
  /** Null where no platform writes such a body. */
  readonly type: string | null
  /** Its part of the body, as `parseJson` reads it: an item where the body is a list; undefined where it is no JSON. */
  readonly value: unknown
  /** Whether a pattern is of its type, also in its platform's other spellings: NetBox's `site.*`. */
  isOf(pattern: string): boolean
}

const strict = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true})

/** @throws usage `unknown_platform`, `unknown_platform_version` */
export const checkPlatform = (name: string): void => void findPlatform(name)

/** How the events of a request are told: as a platform writes them, this one or any, or by the type that is made of each request. */
export interface Reading {
  readonly platform?: string | undefined
  readonly template?: TypeTemplate | undefined
}

type Request = Pick<RawRequest, 'headers' | 'body'>

/** The events of a body, each of a batch by itself; what no platform writes is one event without a type. Never throws for a bad body. */
export function eventsIn({headers, body}: Request, {platform, template}: Reading = {}): readonly ArrivedEvent[] {
  if (template !== undefined) return [typedEvent(template, {headers, body})]
  const whole = jsonIn(body)
  const captured = read(body, platform)
  if (captured === null) return [{type: null, value: whole, isOf: () => false}]
  const {events} = captured.parsed
  const items = Array.isArray(whole) && whole.length === events.length ? whole : null
  return events.map(({type}, index) => ({
    type,
    value: items === null ? whole : items[index],
    isOf: pattern => matches(pattern, type) || matches(canonical(captured, pattern), type),
  }))
}

/** The id that its sender gives a request, and gives it again when it repeats it: as it is made, else that of a header. */
export function requestIdOf(request: Request, made?: IdTemplate): string | null {
  const id = made === undefined ? null : orNull(() => idOfRequest(made, tellingOf(request)))
  return id === null ? requestIdIn(request.headers) : `id ${id}`
}

function typedEvent(template: TypeTemplate, request: Request): ArrivedEvent {
  const {type, data} = orNull(() => readTypedRequest({type: template}, request)) ?? {type: null, data: undefined}
  return {type, value: data, isOf: pattern => type !== null && matches(pattern, type)}
}

const canonical = ({platform, version}: Captured, pattern: string): string =>
  platform.canonicalType?.(version, pattern) ?? pattern

const read = (body: Uint8Array, platform: string | undefined): Captured | null =>
  orNull(() => readCaptured(body, platform))

/** Null for a body that cannot be read. */
function orNull<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof HookctlError && error.code === 'bad_body') return null
    throw error
  }
}

function jsonIn(body: Uint8Array): unknown {
  try {
    return parseJson(strict.decode(body))
  } catch {
    return undefined
  }
}
