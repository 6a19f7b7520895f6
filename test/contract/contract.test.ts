import {describe, expect, test} from 'vitest'
import {type OperationName, operations} from '../../src/api/operations.ts'
import type {StreamItem} from '../../src/api/stream.ts'
import {HookctlError} from '../../src/errors.ts'
import {type Asked, asking, cases} from './cases.ts'
import {ways} from './ways.ts'

const names = Object.keys(operations) as OperationName[]

test('every operation has a contract case', () => {
  expect(Object.keys(cases).toSorted()).toEqual(names.toSorted())
})

test.each(Object.keys(operations) as OperationName[])('%s is asked rightly and wrongly by its case', async name => {
  const asked = await transcript('in this process', name)
  const own = asked.filter(line => line.name === name)
  expect(own.filter(line => line.answer !== undefined)).not.toEqual([])
  expect(own.filter(line => line.error !== undefined)).not.toEqual([])
})

describe.each(Object.keys(ways).filter(way => way !== 'in this process'))('%s', way => {
  test.each(names)('%s gives the same answers and the same errors as in this process', async name => {
    expect(await transcript(way, name)).toEqual(await transcript('in this process', name))
  })
})

async function transcript(way: string, name: OperationName): Promise<Asked[]> {
  await using made = await (ways[way] as NonNullable<(typeof ways)[string]>)()
  const asked: Asked[] = []
  await cases[name](asking(made.client, asked))
  return asked
}

const question = {organization: 'default', cursor: null, kinds: ['history', 'skipped', 'attempt'] as const}

test.each(Object.keys(ways))('%s: a stream tells what happens from now on and goes on from any cursor', async way => {
  await using made = await (ways[way] as NonNullable<(typeof ways)[string]>)()
  const {client} = made
  const ask = asking(client, []).ask
  const create = (name: string) =>
    ask('webhook.create', {
      organization: 'default',
      name,
      platform: 'catalyst',
      url: 'https://example.com/',
      eventTypes: ['*'],
      active: false,
    })
  await create('before')
  const stop = new AbortController()
  const begin = await made.deps.store.feedEnd()
  const items = client.stream({...question, cursor: begin}, stop.signal)[Symbol.asyncIterator]()
  await create('one')
  await create('two')
  const first = (await items.next()).value as StreamItem
  const second = (await items.next()).value as StreamItem
  expect([first, second]).toMatchObject([
    {kind: 'history', entry: {object: {name: 'one'}}},
    {entry: {object: {name: 'two'}}},
  ])
  stop.abort()
  expect(await items.next()).toEqual({done: true, value: undefined})
  const again = client.stream({...question, cursor: first.cursor}, AbortSignal.timeout(10_000))[Symbol.asyncIterator]()
  expect((await again.next()).value).toEqual(second)
  await again.return?.()
})

test.each(Object.keys(ways))('%s: a wrong question to the stream rejects at its first item', async way => {
  await using made = await (ways[way] as NonNullable<(typeof ways)[string]>)()
  const wrong = [
    [{...question, cursor: 'nope'}, 'bad_cursor', 'usage'],
    [{...question, organization: 'nobody'}, 'organization_not_found', 'not_found'],
    [{...question, kinds: ['nope' as 'history']}, 'invalid_input', 'usage'],
  ] as const
  for (const [asked, code, kind] of wrong) {
    const items = made.client.stream(asked, new AbortController().signal)[Symbol.asyncIterator]()
    const error = await items.next().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(HookctlError)
    expect(error).toMatchObject({code, kind})
  }
})
