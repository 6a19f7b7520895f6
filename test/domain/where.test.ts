import {expect, test} from 'vitest'
import {parseJson} from '../../src/domain/json.ts'
import {allHold, type Comparison, holds, isProblem, readComparison} from '../../src/domain/where.ts'

const body = parseJson(`{
  "type": "node.added",
  "data": {
    "name": "db-1", "size": 10, "price": "9.50", "id": 12345678901234567890, "ratio": 1.0,
    "up": true, "owner": null, "empty": "", "a.b": "dotted", "at": "2026-03-01T10:00:00Z", "nought": "0",
    "tags": ["blue", "green"], "ports": [22, 443], "nested": {"deep": {"er": 1}},
    "items": [{"state": "up", "n": 1}, {"state": "down", "n": 5}]
  }
}`)

function read(text: string): Comparison {
  const comparison = readComparison(text)
  if (isProblem(comparison)) throw new Error(comparison.message)
  return comparison
}

test.each([
  ['type=node.added', true],
  ['data.name=db-1', true],
  ['data.name = db-1', true],
  ['data.name=db', false],
  ['data.name="db-1"', true],
  ['data.name!=db-1', false],
  ['data.name!=db-2', true],
  ['data.size=10', true],
  ['data.size=10.0', true],
  ['data.size=1e1', true],
  ['data.size="10"', false],
  ['data.size!="10"', true],
  ['data.size=ten', false],
  ['data.ratio=1', true],
  ['data.id=12345678901234567890', true],
  ['data.id=12345678901234567891', false],
  ['data.id<12345678901234567891', true],
  ['data.up=true', true],
  ['data.up=1', false],
  ['data.owner=null', true],
  ['data.owner="null"', false],
  ['data.empty=""', true],
  ['data.name=""', false],
  ['data."a.b"=dotted', true],
  ['data.tags=["blue","green"]', true],
  ['data.tags=["green","blue"]', false],
  ['data.nested={"deep":{"er":1}}', true],
  ['data.tags=[]', false],
  ['data.size>=10', true],
  ['data.size>10', false],
  ['data.size<10.5', true],
  ['data.size<=9', false],
  ['data.price>9', true],
  ['data.price<10', true],
  ['data.at>=2026-03-01', true],
  ['data.at<2026-03-01', false],
  ['data.name<db-2', true],
  ['data.up>0', false],
  ['data.owner<1', false],
  ['data.name~db', true],
  ['data.name~db-*', true],
  ['data.name~b-*', false],
  ['data.name~*-1', true],
  ['data.name~"*"', false],
  ['data.name!~web', true],
  ['data.size~1', true],
  ['data.tags~blue', true],
  ['data.tags~gr*', true],
  ['data.tags~red', false],
  ['data.ports~443', true],
  ['data.tags.0=blue', true],
  ['data.tags.2=blue', false],
  ['data.tags.-1=green', false],
  ['data.tags.length=2', false],
  ['data.items.1.state=down', true],
  ['data.items.*.state=down', true],
  ['data.items.*.state=gone', false],
  ['data.items.*.state!=gone', true],
  ['data.items.*.state!=up', false],
  ['data.items.*.n>4', true],
  ['data.*=db-1', true],
  ['nothing.here=1', false],
  ['nothing.here!=1', true],
  ['nothing.here~*', false],
  ['data.empty~*', true],
  ['data.nought=0', true],
  ['data.__proto__.polluted!=x', true],
  ['data.constructor.name=Object', false],
  ['toString~*', false],
])('a body is compared at a path: %s is %s', (text, expected) => expect(holds(read(text), body)).toBe(expected))

test.each([
  ['', 'an empty text'],
  ['data.name', 'none of ='],
  ['=x', 'does not begin with a path'],
  ['.name=x', 'does not begin with a path'],
  ['data..name=x', 'an empty name'],
  ['data.=x', 'an empty name'],
  ['data.name=', 'an empty text is ""'],
  ['data name=x', 'none of ='],
  ['data."name=x', 'an empty name'],
  ['data.name="x', 'in double quotes'],
  ['data."\\q"=x', 'in double quotes'],
  [`data.name=${'x'.repeat(1000)}`, 'at most 1000'],
])('%j is no comparison, and it is said why', (text, why) => {
  const read = readComparison(text)
  expect(read).toMatchObject({code: 'bad_comparison', message: expect.stringContaining(why)})
  expect(read).toMatchObject({hint: expect.stringContaining('PATH OP VALUE')})
})

test('several comparisons must all hold, and a body that is no JSON has nothing at any path', () => {
  const both = ['data.name=db-1', 'data.size>5'].map(read)
  expect(allHold(both, '{"data":{"name":"db-1","size":6}}')).toBe(true)
  expect(allHold(both, '{"data":{"name":"db-1","size":5}}')).toBe(false)
  expect(allHold(both, 'name=db-1')).toBe(false)
  expect(allHold([read('data.name!=db-1')], null)).toBe(true)
  expect(allHold([], null)).toBe(true)
})

test('comparing deep and long values ends', () => {
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`
  expect(holds(read('a=1'), {a: parseJson(deep)})).toBe(false)
  expect(holds(read(`a=${'9'.repeat(900)}`), {a: 1})).toBe(false)
  expect(holds(read('a~*x*x*x*x*x*y'), {a: 'x'.repeat(100_000)})).toBe(false)
})
