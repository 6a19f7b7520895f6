import {connect} from 'node:net'
import {expect, test} from 'vitest'
import {aFewEachTurn} from '../../src/server/turns.ts'
import {aServer, exchange, requestText, statusOfAnswer} from './setup.ts'

/** Turns of the event loop that are taken by hand. */
function byHand(each: number) {
  const planned: (() => void)[] = []
  const begun: number[] = []
  const begin = aFewEachTurn(each, go => planned.push(go))
  return {
    begun,
    planned,
    ask: (...numbers: readonly number[]) => {
      for (const number of numbers) begin(() => begun.push(number))
    },
    turn: () => {
      for (const go of planned.splice(0)) go()
    },
  }
}

test('what comes alone begins at once, and so do the first of many; the others follow in their order, a few each turn', () => {
  const {begun, ask, turn} = byHand(2)
  ask(1, 2, 3, 4, 5)
  expect(begun).toEqual([1, 2])
  turn()
  expect(begun).toEqual([1, 2, 3, 4])
  ask(6)
  expect(begun).toEqual([1, 2, 3, 4])
  turn()
  expect(begun).toEqual([1, 2, 3, 4, 5, 6])
})

test('where nothing waits no turn is asked for, and the next begins at once again', () => {
  const {begun, planned, ask, turn} = byHand(2)
  ask(1)
  turn()
  expect(planned).toEqual([])
  ask(2, 3)
  expect(begun).toEqual([1, 2, 3])
})

test('every one of two hundred requests at once is answered, though some of the senders are gone before their turn', async () => {
  await using server = await aServer()
  const {port} = server.server
  const head = [`Host: localhost:${port}`, `Authorization: Bearer ${server.token}`, 'content-type: application/json']
  const body = '{"type":"node.added","data":{}}'
  const line = 'POST /v1/organizations/default/events HTTP/1.1'
  const text = requestText(line, head, body)
  for (let n = 0; n < 20; n++) {
    const socket = connect(port, '127.0.0.1', () => socket.end(text.slice(0, -5), () => socket.destroy()))
    socket.on('error', () => {})
  }
  const answers = await Promise.all(Array.from({length: 200}, () => exchange(port, text)))
  expect(new Set(answers.map(statusOfAnswer))).toEqual(new Set([202]))
  const listed = await fetch(`${server.server.url}/v1/organizations/default/events?limit=1000`, {
    headers: {authorization: `Bearer ${server.token}`},
  })
  expect(((await listed.json()) as {items: unknown[]}).items).toHaveLength(200)
})
