import {expect, test} from 'vitest'
import {createHandler} from '../../../src/cli/listen/handler.ts'
import {NOON} from '../../harness/factories.ts'

const plan = {command: 'exec sleep 60', timeoutMs: 60_000, cwd: process.cwd(), env: {PATH: process.env.PATH}}

const request = (n: number) => ({
  n,
  receivedAt: NOON,
  from: '127.0.0.1',
  method: 'POST',
  target: '/',
  headers: [],
  body: Buffer.from('{}'),
})

test('a hundred requests wait for their turn; who comes then is asked to come again, and none is lost where it ends', async () => {
  const over = new AbortController()
  const handle = createHandler(plan, over.signal)
  const waiting = Array.from({length: 100}, (_, at) => handle(request(at + 1)))
  expect(await handle(request(101))).toMatchObject({answer: {status: 503, note: '100 are waiting'}, ran: null})
  over.abort()
  const [first, ...others] = await Promise.all(waiting)
  expect(first).toMatchObject({answer: {status: 500}})
  expect(new Set(others.map(({answer}) => answer.note))).toEqual(new Set(['it stops']))
})
