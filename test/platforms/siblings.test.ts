import {describe, expect, test} from 'vitest'
import type {JsonText} from '../../src/domain/json.ts'
import type {RenderableEvent} from '../../src/domain/platform.ts'
import {findPlatform, platforms} from '../../src/platforms/table.ts'
import {randomFrom} from '../domain/random.ts'
import {again, anEvent, NOON, render} from './an-event.ts'

const everyVersion = platforms.flatMap(platform =>
  platform.versions.map(version => ({name: `${platform.name}@${version}`, platform, version})),
)

const random = randomFrom(2026)
const pick = <T>(items: readonly T[]): T => items[random(items.length)] as T
const times = <T>(most: number, make: () => T): T[] => Array.from({length: random(most + 1)}, make)

const strings = [
  '""',
  '"a, b: c"',
  '"Köln – 🚀"',
  '"\\u00fc"',
  '"\\ud83d\\ude80"',
  '"2001:db8::1"',
  '"\\"\\\\\\n"',
  '"}],{"',
]
const numbers = ['0', '-0', '1.0', '1e400', '12345678901234567890', '0.1000000000000000000001', '-7']
const names = ['"id"', '"name"', '"2"', '"10"', '"1"', '"__proto__"', '"Ö"', '"a b"', '"constructor"', '""']

/** JSON text with what usually goes wrong in it. */
function value(depth = 0): string {
  const kind = random(depth > 2 ? 3 : 5)
  if (kind === 0) return pick(strings)
  if (kind === 1) return pick(numbers)
  if (kind === 2) return pick(['true', 'false', 'null'])
  if (kind === 3) return `[${times(3, () => value(depth + 1)).join(',')}]`
  return object(depth + 1)
}

function object(depth = 0): string {
  const own = [...new Set(times(5, () => pick(names)))]
  return `{${own.map(name => `${name}:${value(depth)}`).join(',')}}`
}

const actors: RenderableEvent['actor'][] = [
  {kind: 'system', name: null},
  {kind: 'user', name: 'jürgen'},
  {kind: 'user', name: 'ops@example.com', email: 'ops@example.com', id: 'usr-9'},
  {kind: 'token', name: 'ci'},
]

const anyEvent = (type: string, index: number): RenderableEvent =>
  anEvent({
    id: `evt_0197cf3a1b2c7d4e8f90a1b2c3d4e5${String(index).padStart(2, '0')}`,
    type,
    occurredAtMicros: NOON + pick([0, 1, 120_000, 999_999, 30_750_000, -3_600_000_000]),
    actor: pick(actors),
    requestId: pick(['43d8e212-94c7-4f67-b544-0dcde4fc0f43', '']),
    contextId: pick([null, 'ctx-7']),
    data: object() as JsonText,
    before: pick([null, object()]) ?? undefined,
    after: pick([null, object()]) ?? undefined,
  })

describe.each(everyVersion)('$name', ({name, platform, version}) => {
  const types = platform.eventTypes(version).map(type => type.name)

  test('every example of the catalog makes a body that is read back to the same bytes', () => {
    for (const {example, name: type} of platform.eventTypes(version)) {
      const body = render(name, {...anEvent(), ...example}, {zone: '+02:00'})
      expect(again(name, body), type).toBe(body)
      JSON.parse(body)
    }
  })

  test('2,000 random events make bodies that are read back to the same bytes', () => {
    for (let round = 0; round < 2000; round += 1) {
      const several = platform.modes.includes('batch') ? 1 + random(4) : 1
      const events = Array.from({length: several}, (_, index) => anyEvent(pick(types), index))
      const body = render(name, events, {organizationId: random(20_000), zone: pick(['+00:00', '+02:00', '-03:30'])})
      JSON.parse(body)
      expect(again(name, body)).toBe(body)
    }
  })

  test('white space in the data of an event does not reach the body', () => {
    const type = types[0] as string
    const spread = render(name, anEvent({type, data: ' { "a" :\n [ 1.0 , 2 ] } '}))
    expect(spread).toBe(render(name, anEvent({type, data: '{"a":[1.0,2]}'})))
  })
})

describe.each(everyVersion)('$name refuses what is not its body', ({platform, version}) => {
  test.each([
    ['nothing', ''],
    ['half a body', '{"event":"node.ad'],
    ['a number', '7'],
    ['null', 'null'],
    ['an empty object', '{}'],
    ['an empty list', '[]'],
    ['a list of numbers', '[1,2]'],
    ['a byte order mark', '\ufeff{}'],
    ['another platform’s body', '{"hello":"world"}'],
  ])('%s', (_, text) => {
    expect(() => platform.parse(Buffer.from(text), version)).toThrow(
      expect.objectContaining({name: 'HookctlError', kind: 'usage', code: 'bad_body'}),
    )
  })

  test('bytes that are no UTF-8', () => {
    expect(() => platform.parse(Uint8Array.of(0x22, 0xff, 0x22), version)).toThrow('not UTF-8')
  })
})

test('half a million levels of brackets are refused or printed, never a crash', () => {
  const deep = `{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}` as JsonText
  for (const {name, platform, version} of everyVersion) {
    const type = platform.eventTypes(version)[0]?.name as string
    try {
      expect(render(name, anEvent({type, data: deep})).length).toBeGreaterThan(1_000_000)
    } catch (error) {
      expect(error).toMatchObject({name: 'HookctlError', code: 'render_failed'})
    }
  }
})

test('what a body says beyond an event is kept: its own spelling of the time, members nobody knows yet', () => {
  const body = '{"event":"node.added","organization_id":42,"timestamp":"2026-07-03T12:00:00.25Z","data":{},"new":[1.0]}'
  expect(again('catalyst', body)).toBe(body)
  const {platform, version} = findPlatform('catalyst')
  expect(platform.parse(Buffer.from(body), version).events[0]?.occurredAtMicros).toBe(NOON + 250_000)
})
