import {expect, test} from 'vitest'
import {checkPattern, matches, wants} from '../../src/domain/subscription.ts'

test.each([
  ['node.added', 'node.added', true],
  ['node.added', 'node.added2', false],
  ['node.added', 'Node.added', false],
  ['*', 'anything.at.all', true],
  ['node.*', 'node.added', true],
  ['node.*', 'node', false],
  ['node.*', 'nodes.added', false],
  ['*.created', 'dcim.site.created', true],
  ['*.created', 'created', false],
  ['dcim.*.created', 'dcim.site.created', true],
  ['dcim.*.created', 'dcim.created', false],
  ['*site*', 'dcim.site.created', true],
  ['a*b*c', 'abbc', true],
  ['a*b*c', 'acb', false],
  ['ab*ba', 'aba', false],
  ['**', 'x', true],
  ['node?added', 'node.added', false],
  ['node.adde.', 'node.added', false],
])('the pattern %s and %s: %s', (pattern, type, expected) => expect(matches(pattern, type)).toBe(expected))

test('a webhook wants what any one of its patterns matches', () => {
  const webhook = {eventTypes: ['node.*', 'cert.issued']}
  expect(['node.removed', 'cert.issued', 'cert.revoked'].map(type => wants(webhook, type))).toEqual([true, true, false])
  expect(wants({eventTypes: []}, 'node.added')).toBe(false)
})

test.each(['', 'a b', 'node..added', '.node', 'node.', 'a/b', 'ü', 'a'.repeat(201), 'a\nb'])(
  '%j is no pattern',
  pattern => {
    expect(checkPattern(pattern)).toMatchObject({code: 'bad_event_type', hint: expect.stringContaining('node.*')})
  },
)

test.each(['node.added', '*', 'node.*', '*.created', 'radius-authentication.subscriber-nas-updated', 'log_authn'])(
  '%s is a pattern',
  pattern => expect(checkPattern(pattern)).toBeNull(),
)

test('many stars cost no more than few', () => {
  const start = performance.now()
  expect(matches(`${'*a'.repeat(90)}*b`, 'a'.repeat(5000))).toBe(false)
  expect(performance.now() - start).toBeLessThan(200)
})
