import {expect, test} from 'vitest'
import {largeInTurn} from '../../src/server/bulk.ts'
import {aServer, post} from './setup.ts'

/** Work that ends when the test says so. */
function works() {
  const begun: string[] = []
  const ends = new Map<string, {resolve: () => void; reject: (error: Error) => void}>()
  const work = (name: string) => () =>
    new Promise<string>((resolve, reject) => {
      begun.push(name)
      ends.set(name, {resolve: () => resolve(name), reject})
    })
  const settled = () => new Promise(resolve => setImmediate(resolve))
  return {
    begun,
    work,
    async end(name: string) {
      ends.get(name)!.resolve()
      await settled()
    },
    async fail(name: string) {
      ends.get(name)!.reject(new Error(name))
      await settled()
    },
    settled,
  }
}

test('large bodies are worked on as many as fit together, the others in the order in which they came', async () => {
  const {begun, work, end, settled} = works()
  const inItsTurn = largeInTurn(100, 10)
  const all = ['a', 'b', 'c', 'd', 'e'].map((name, at) => inItsTurn([40, 40, 20, 30, 10][at]!, work(name)))
  await settled()
  expect(begun).toEqual(['a', 'b', 'c'])
  await end('c')
  // What would fit does not overtake what came before it.
  expect(begun).toEqual(['a', 'b', 'c'])
  await end('a')
  expect(begun).toEqual(['a', 'b', 'c', 'd', 'e'])
  for (const name of ['b', 'd', 'e']) await end(name)
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('two go on at least, however large they are, and what fails makes room', async () => {
  const {begun, work, fail, end, settled} = works()
  const inItsTurn = largeInTurn(100, 10)
  const first = inItsTurn(500, work('a')).catch(error => error.message)
  const others = ['b', 'c'].map(name => inItsTurn(500, work(name)))
  await settled()
  expect(begun).toEqual(['a', 'b'])
  await fail('a')
  expect([begun, await first]).toEqual([['a', 'b', 'c'], 'a'])
  for (const name of ['b', 'c']) await end(name)
  await Promise.all(others)
})

test('a small body waits for nobody', async () => {
  const {begun, work, end, settled} = works()
  const inItsTurn = largeInTurn(100, 10)
  const large = ['a', 'b', 'c'].map(name => inItsTurn(100, work(name)))
  const small = inItsTurn(9, work('small'))
  await settled()
  expect(begun).toEqual(['small', 'a', 'b'])
  for (const name of ['small', 'a', 'b', 'c']) await end(name)
  await Promise.all([...large, small])
})

test('fifty large requests at once are all answered, also where some of them are refused', async () => {
  await using server = await aServer()
  const line = JSON.stringify({type: 'node.added', data: {name: 'a', nebula_ip: '', padding: 'x'.repeat(2000)}})
  const body = (n: number) => `${Array.from({length: 50}, () => line).join('\n')}\n${n % 5 === 0 ? '{' : line}\n`
  const answers = await Promise.all(
    Array.from({length: 50}, async (_, n) => {
      const {headers, ...rest} = post(body(n), 'application/x-ndjson')
      const answer = await fetch(`${server.url}/v1/organizations/default/events`, {
        ...rest,
        headers: {...(headers as Record<string, string>), authorization: `Bearer ${server.token}`},
      })
      await answer.arrayBuffer()
      return answer.status
    }),
  )
  expect(answers.filter(status => status === 202)).toHaveLength(40)
  expect(answers.filter(status => status === 422 || status === 400)).toHaveLength(10)
})
