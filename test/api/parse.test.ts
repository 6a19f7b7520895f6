import {expect, test} from 'vitest'
import {operations} from '../../src/api/operations.ts'
import {parseInput} from '../../src/api/parse.ts'
import type {HookctlError} from '../../src/errors.ts'

const create = operations['webhook.create'].input

function refusal(schema: Parameters<typeof parseInput>[0], raw: unknown): HookctlError {
  try {
    parseInput(schema, raw)
  } catch (error) {
    return error as HookctlError
  }
  throw new Error('it was taken')
}

const base = {organization: 'default', name: 'a', platform: 'catalyst'}

const cases: readonly [what: string, input: unknown, path: string | undefined, message: RegExp, hint?: RegExp][] = [
  ['nothing at all', undefined, undefined, /no input/],
  ['a text', 'x', undefined, /the input is "x": expected object/],
  ['a missing member', {...base, name: undefined}, 'name', /^name is required$/],
  ['an empty name', {...base, name: ''}, 'name', /name is "": at least 1 character$/],
  ['an unknown member', {...base, platfrom: 'x'}, 'platfrom', /no member "platfrom"/, /did you mean "platform"\?/],
  ['a member far from any', {...base, zzzzzzzz: 1}, 'zzzzzzzz', /no member/, /members are organization, name/],
  ['an unknown choice', {...base, method: 'PSOT'}, 'method', /"PSOT": expected one of GET, POST/],
  ['a near choice', {...base, mode: 'instnt'}, 'mode', /expected one of instant, batch/, /did you mean "instant"/],
  [
    'a nested member',
    {...base, headers: [{name: 1, value: 'x'}]},
    'headers/0/name',
    /headers\/0\/name is 1: expected string/,
  ],
  [
    'a nested unknown member',
    {...base, headers: [{nam: 'a', value: 'x'}]},
    'headers/0/name',
    /headers\/0\/name is required; there is no member "nam" in headers\/0/,
    /did you mean "name"/,
  ],
  [
    'a branch of a union',
    {...base, policies: {retry: {kind: 'list', delaysMs: ['1']}}},
    'policies/retry/delaysMs/0',
    /policies\/retry\/delaysMs\/0 is "1": expected number/,
  ],
  [
    'an unknown kind',
    {...base, policies: {retry: {kind: 'never'}}},
    'policies/retry/kind',
    /"never": expected one of manual/,
  ],
  [
    'a zone',
    {...base, policies: {zone: 'Europe/Berln'}},
    'policies/zone',
    /"Europe\/Berln": a zone is an offset such as -05:30, or a name such as Europe\/Berlin/,
    /did you mean "Europe\/Berlin"\?/,
  ],
  ['an offset of no zone', {...base, policies: {zone: '+15:00'}}, 'policies/zone', /"\+15:00": a zone is an offset/],
]

test.each(cases)('%s is refused with where, what and what is allowed', (_what, input, path, message, hint) => {
  const error = refusal(create, input)
  expect(error.code).toBe('invalid_input')
  expect(error.kind).toBe('usage')
  expect(error.path).toBe(path)
  expect(error.message).toMatch(message)
  if (hint !== undefined) expect(error.hint).toMatch(hint)
})

test('every problem is told at once', () => {
  const error = refusal(create, {organization: 'default', platform: '', name: '', mode: 'x', method: 'y'})
  expect(error.message.split('; ')).toHaveLength(4)
})

test.each([
  {...base, secret: 'CANARY'},
  {...base, secret: {value: 42, CANARY: 1, generate: 'CANARY'}},
  {...base, secret: {vale: 'CANARY'}},
  {...base, headers: [{name: 'authorization', value: ['CANARY']}]},
  {...base, url: {CANARY: 'CANARY'}},
])('E4: the value of a secret, of a header or of a URL is never repeated: %j', input => {
  const text = refusal(create, input).message.replace('no member "CANARY"', '')
  expect(text).not.toContain('CANARY')
})

test('an object id is a text or a number of any size', () => {
  const send = operations['event.send'].input
  const raw = JSON as unknown as {rawJSON(text: string): unknown}
  const parsed = parseInput(send, {
    organization: 'a',
    type: 'x',
    object: {type: 'T', id: raw.rawJSON('12345678901234567890')},
  })
  expect(parsed.object?.id).toBe('12345678901234567890')
  expect(parseInput(send, {organization: 'a', type: 'x', object: {type: 'T', id: 7}}).object?.id).toBe('7')
  expect(refusal(send, {organization: 'a', type: 'x', object: {type: 'T', id: true}}).message).toMatch(/id is true/)
})
