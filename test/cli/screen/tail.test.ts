import {stripVTControlCharacters} from 'node:util'
import {expect, test} from 'vitest'
import type {Paint} from '../../../src/cli/color.ts'
import {plain} from '../../../src/cli/color.ts'
import type {TailRow} from '../../../src/cli/columns/delivery.ts'
import {readKeys} from '../../../src/cli/screen/keys.ts'
import {
  emptyTail,
  pressed,
  selectedRow,
  shownRows,
  type TailState,
  type Wish,
  withRow,
} from '../../../src/cli/screen/tail-state.ts'
import {pageOf, tailLines} from '../../../src/cli/screen/tail-view.ts'
import {textWidth} from '../../../src/cli/screen/width.ts'
import {randomFrom} from '../../domain/random.ts'

const now = Date.parse('2026-07-03T12:00:00Z')
const times = {now, zone: undefined}

const aRow = (changes: Partial<TailRow> = {}): TailRow => ({
  at: '2026-07-03T11:59:58.125Z',
  outcome: 'delivered',
  status: 204,
  durationMs: 12.4,
  webhook: 'cmdb',
  eventType: 'node.added',
  attempt: 1,
  attempts: 1,
  error: null,
  hint: null,
  deliveryId: 'dlv_1',
  eventId: 'evt_1',
  state: 'delivered',
  nextAt: null,
  cursor: 'c1',
  ...changes,
})

const failed = {outcome: 'failed', status: 503, state: 'failed', error: 'the receiver answered 503'} as const

/** Five: the second and the fourth failed. */
const five = [1, 2, 3, 4, 5]
  .map(n => aRow({deliveryId: `dlv_${n}`, ...(n % 2 === 0 ? failed : {}), webhook: n > 3 ? 'ops' : 'cmdb'}))
  .reduce(withRow, emptyTail)

const size = {columns: 80, rows: 8}

/** Types and answers where that leads, and what was asked for on the way. */
function typing(text: string, from: TailState = five): {state: TailState; wishes: readonly Wish[]} {
  const wishes: Wish[] = []
  let state = from
  for (const key of readKeys(text)) {
    const [next, wish] = pressed(state, key, pageOf(size))
    state = next
    if (wish !== undefined) wishes.push(wish)
  }
  return {state, wishes}
}

const chosen = (state: TailState) => selectedRow(state)?.deliveryId

test.each([
  ['nothing follows the newest', '', 'dlv_5'],
  ['up goes to the one before', 'k', 'dlv_4'],
  ['and down comes back', 'kkj', 'dlv_4'],
  ['home is the first', 'g', 'dlv_1'],
  ['before the first is the first', 'gk', 'dlv_1'],
  ['end follows again', 'gG', 'dlv_5'],
  ['a page up is a page', '\u001b[5~', 'dlv_1'],
  ['with failures only it goes among them', 'fk', 'dlv_2'],
  ['escape follows again', 'kk\u001b', 'dlv_5'],
])('%s', (_, text, expected) => expect(chosen(typing(text).state)).toBe(expected))

test.each<[string, readonly Wish[]]>([
  ['q', [{wish: 'quit', interrupted: false}]],
  ['\u0003', [{wish: 'quit', interrupted: true}]],
  ['/a\u0003', [{wish: 'quit', interrupted: true}]],
  ['\r', [{wish: 'show', deliveryId: 'dlv_5'}]],
  ['ki', [{wish: 'show', deliveryId: 'dlv_4'}]],
  ['kkc', [{wish: 'curl', deliveryId: 'dlv_3'}]],
  ['r', []],
  ['ry', [{wish: 'replay', deliveryId: 'dlv_5'}]],
  ['rn', []],
  ['rq', []],
  ['/qry\r', []],
  ['?q', []],
])('the keys %j ask for %j', (text, wishes) => expect(typing(text).wishes).toEqual(wishes))

test('what is chosen stays chosen while others come; what follows goes on', () => {
  const newer = aRow({deliveryId: 'dlv_6'})
  expect(chosen(withRow(typing('k').state, newer))).toBe('dlv_4')
  expect(chosen(withRow(typing('\r').state, newer))).toBe('dlv_5')
  expect(chosen(withRow(five, newer))).toBe('dlv_6')
})

test('a later attempt of a delivery is a line of its own, the same one told again is not', () => {
  const again = withRow(withRow(five, aRow({deliveryId: 'dlv_2', attempt: 2, ...failed})), aRow({deliveryId: 'dlv_5'}))
  expect(again.rows.map(({deliveryId, attempt}) => `${deliveryId} ${attempt}`)).toEqual([
    ...['dlv_1 1', 'dlv_2 1', 'dlv_3 1', 'dlv_4 1', 'dlv_2 2', 'dlv_5 1'],
  ])
})

test('of very many lines the newest are kept', () => {
  let state = emptyTail
  for (let n = 0; n < 2100; n++) state = withRow(state, aRow({deliveryId: `dlv_${n}`}))
  expect([state.rows.length, state.rows.at(-1)?.deliveryId]).toEqual([2000, 'dlv_2099'])
})

test.each([
  ['/ops\r', ['dlv_4', 'dlv_5']],
  ['/OPS 503', ['dlv_4']],
  ['/ops\r/\u0015cmdb\r', ['dlv_1', 'dlv_2', 'dlv_3']],
  ['/opx\u007fs\r', ['dlv_4', 'dlv_5']],
  ['/ops\u001b', ['dlv_1', 'dlv_2', 'dlv_3', 'dlv_4', 'dlv_5']],
  ['f', ['dlv_2', 'dlv_4']],
  ['ff', ['dlv_1', 'dlv_2', 'dlv_3', 'dlv_4', 'dlv_5']],
  ['f/ops\r\u001b', ['dlv_1', 'dlv_2', 'dlv_3', 'dlv_4', 'dlv_5']],
])('the keys %j leave %j', (text, ids) => {
  expect(shownRows(typing(text).state).map(({deliveryId}) => deliveryId)).toEqual(ids)
})

const draw = (state: TailState, of = size) => tailLines(state, of, {paint: plain, times})

test('head, titles, a line each with the chosen one marked, and the keys', () => {
  const [head, titles, ...rest] = draw(typing('k').state)
  expect(head).toBe('hookctl delivery tail  stopped at a line  5 shown, 2 failed')
  expect(titles?.trimEnd()).toBe('  TIME     OUTCOME   CODE MS     WEBHOOK      EVENT              TRY NOTE')
  expect(rest.slice(0, 5).map(line => line.replace(/\d\d:\d\d:58/, 'TIME').trimEnd())).toEqual([
    '  TIME delivered 204  12     cmdb         node.added         #1',
    '  TIME failed    503  12     cmdb         node.added         #1  given up',
    '  TIME delivered 204  12     cmdb         node.added         #1',
    '> TIME failed    503  12     ops          node.added         #1  given up',
    '  TIME delivered 204  12     ops          node.added         #1',
  ])
  expect(rest.at(-1)).toBe('enter show  r replay  c curl  f failures  / filter  ? keys  q quit')
})

test('what it asks, types and says stands in the last line', () => {
  expect(draw(typing('r').state).at(-1)).toBe('send dlv_5 again? y/n')
  expect(draw(typing('/op').state).at(-1)).toBe('lines with these words: op_  (enter keeps, escape drops)')
  expect(draw(typing('rn').state).at(-1)).toBe('not sent again')
  expect(draw({...five, isConnected: false})[0]).toContain('the server is gone; waiting for it')
  expect(draw(emptyTail)[3]).toBe('  nothing so far: what is delivered from now on stands here')
  expect(draw(typing('/nothing like it\r').state)[3]).toBe('  nothing of this kind: escape shows everything')
  expect(draw(typing('?').state, {...size, rows: 24}).join('\n')).toContain('hookctl delivery replay ID')
})

test('a text over the list is moved by the page and never past its end', () => {
  const pane = {title: 'a text', lines: Array.from({length: 12}, (_, at) => `line ${at}`), top: 0}
  const at = (text: string) => draw(typing(text, {...five, pane}).state)[2]
  expect([at(''), at('j'), at(' '), at('G'), at('Gk'), at('Gg')]).toEqual([
    ...['line 0', 'line 1', 'line 5', 'line 7', 'line 6', 'line 0'],
  ])
  expect(draw({...five, pane})[1]).toBe('a text  7 more lines below')
})

test('C1: what is remote is escaped, and no line is ever wider than the terminal', () => {
  const hostile = '\u001b[31m\u009b2J\u202e網\r\nx'
  const random = randomFrom(5)
  const color: Paint = (_, text) => `\u001b[31m${text}\u001b[39m`
  const row = aRow({...failed, webhook: hostile, eventType: hostile, status: null, error: hostile, state: 'pending'})
  for (let turn = 0; turn < 200; turn++) {
    const of = {columns: 1 + random(160), rows: 2 + random(40)}
    const state = withRow({...typing(['', 'k', '?', 'r', '/x'][random(5)] ?? '').state, note: hostile}, row)
    expect(draw(state, of).join('')).not.toMatch(/[\p{Cc}\u202e]/u)
    const lines = tailLines(state, of, {paint: color, times})
    expect(lines.length).toBeLessThanOrEqual(of.rows)
    for (const line of lines) expect(textWidth(stripVTControlCharacters(line))).toBeLessThanOrEqual(of.columns)
  }
})
