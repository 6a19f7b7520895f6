import type {TailRow} from '../columns/delivery.ts'
import type {Key} from './keys.ts'

/** A text over the list: a delivery, a command, the keys. */
export interface Pane {
  readonly title: string
  readonly lines: readonly string[]
  readonly top: number
}

/** All that the screen of `delivery tail` shows; changed by what is delivered and by keys, drawn by tail-view.ts. */
export interface TailState {
  /** Oldest first. */
  readonly rows: readonly TailRow[]
  /** Which row is chosen; null follows the newest. */
  readonly selected: string | null
  readonly onlyFailed: boolean
  /** Only rows with each of these words somewhere. */
  readonly words: string
  /** The words while they are typed. */
  readonly typing: string | null
  readonly pane: Pane | null
  /** The delivery that a yes sends again. */
  readonly asks: string | null
  /** What happened last. */
  readonly note: string
  readonly isConnected: boolean
}

export const emptyTail: TailState = {
  rows: [],
  selected: null,
  onlyFailed: false,
  words: '',
  typing: null,
  pane: null,
  asks: null,
  note: '',
  isConnected: true,
}

/** What a key asks for beyond the screen. */
export type Wish =
  | {readonly wish: 'show' | 'curl' | 'replay'; readonly deliveryId: string}
  | {readonly wish: 'quit'; readonly interrupted: boolean}
  | {readonly wish: 'suspend'}

/** So many are kept: the rest is in `delivery list`. */
const MOST_ROWS = 2000

const rowKey = ({deliveryId, attempt, outcome}: TailRow): string => `${deliveryId} ${attempt} ${outcome}`

export function withRow(state: TailState, row: TailRow): TailState {
  const key = rowKey(row)
  const others = state.rows.filter(each => rowKey(each) !== key)
  return {...state, rows: [...others, row].slice(-MOST_ROWS)}
}

/** The rows that are shown: all, or what is left of them. */
export function shownRows({rows, onlyFailed, words, typing}: TailState): readonly TailRow[] {
  const wanted = (typing ?? words).toLowerCase().split(' ').filter(Boolean)
  return rows.filter(row => {
    if (onlyFailed && row.outcome === 'delivered') return false
    const text = `${row.outcome} ${row.status} ${row.webhook} ${row.eventType} ${row.deliveryId} ${row.eventId} ${row.error}`
    return wanted.every(word => text.toLowerCase().includes(word))
  })
}

/** The row that keys are about. */
export function selectedRow(state: TailState): TailRow | undefined {
  const rows = shownRows(state)
  return rows.find(row => rowKey(row) === state.selected) ?? rows.at(-1)
}

/** What becomes of the screen with a key, and what the key asks for. `page` is how many lines a page has. */
export function pressed(state: TailState, key: Key, page: number): readonly [TailState, Wish?] {
  if (key === 'ctrl-c') return [state, {wish: 'quit', interrupted: true}]
  if (key === 'ctrl-z') return [state, {wish: 'suspend'}]
  if (state.typing !== null) return [typed(state, state.typing, key)]
  if (state.asks !== null) return answered({...state, asks: null}, state.asks, key)
  const clean = {...state, note: ''}
  const wish = wishOf(clean, key)
  if (wish !== null) return wish
  if (state.pane !== null) return [inPane(clean, state.pane, key, page)]
  return inList(clean, key, page)
}

function typed(state: TailState, typing: string, key: Key): TailState {
  if (key === 'enter') return {...state, words: typing.trim(), typing: null}
  if (key === 'escape') return {...state, typing: null}
  if (key === 'backspace') return {...state, typing: [...typing].slice(0, -1).join('')}
  if (key === 'ctrl-u') return {...state, typing: ''}
  return [...key].length === 1 ? {...state, typing: typing + key} : state
}

const answered = (state: TailState, deliveryId: string, key: Key): readonly [TailState, Wish?] =>
  key === 'y' || key === 'Y'
    ? [
        {...state, note: 'sending it again'},
        {wish: 'replay', deliveryId},
      ]
    : [{...state, note: 'not sent again'}]

/** What concerns the chosen delivery works in the list and over it. */
function wishOf(state: TailState, key: Key): readonly [TailState, Wish?] | null {
  const row = selectedRow(state)
  if (row === undefined) return null
  // What is looked at stays chosen, whatever comes in meanwhile.
  const chosen = {...state, selected: rowKey(row)}
  if (key === 'enter' || key === 'i') return [chosen, {wish: 'show', deliveryId: row.deliveryId}]
  if (key === 'c') return [chosen, {wish: 'curl', deliveryId: row.deliveryId}]
  return key === 'r' ? [{...chosen, asks: row.deliveryId}] : null
}

/** How far a key goes, in lines. */
const steps = (page: number): Readonly<Record<Key, number>> => ({
  up: -1,
  k: -1,
  down: 1,
  j: 1,
  'page-up': -page,
  'page-down': page,
  ' ': page,
  home: Number.NEGATIVE_INFINITY,
  g: Number.NEGATIVE_INFINITY,
  end: Number.POSITIVE_INFINITY,
  G: Number.POSITIVE_INFINITY,
})

function inPane(state: TailState, pane: Pane, key: Key, page: number): TailState {
  if (key === 'q' || key === 'escape') return {...state, pane: null}
  const step = steps(page)[key]
  if (step === undefined) return state
  const top = Math.max(0, Math.min(pane.top + step, pane.lines.length - page))
  return {...state, pane: {...pane, top}}
}

function inList(state: TailState, key: Key, page: number): readonly [TailState, Wish?] {
  if (key === 'q') return [state, {wish: 'quit', interrupted: false}]
  if (key === '?') return [{...state, pane: helpPane}]
  if (key === '/') return [{...state, typing: state.words}]
  if (key === 'f') return [{...state, onlyFailed: !state.onlyFailed}]
  if (key === 'escape') return [{...state, words: '', onlyFailed: false, selected: null}]
  const step = steps(page)[key]
  return [step === undefined ? state : moved(state, step)]
}

/** At the end it follows again. */
function moved(state: TailState, step: number): TailState {
  const rows = shownRows(state)
  const at = rows.findIndex(row => rowKey(row) === state.selected)
  const next = Math.max(0, (at === -1 ? rows.length - 1 : at) + step)
  const row = rows[next]
  return {...state, selected: row === undefined || next === rows.length - 1 ? null : rowKey(row)}
}

/** Every key is a short way to a command. */
const KEYS: readonly (readonly [key: string, does: string, command: string])[] = [
  ['up down, j k', 'choose a line; the last one follows what comes', ''],
  ['page up, page down, home, end', 'by the page, to the first, to the last', ''],
  ['enter, i', 'body, attempts and answers of the delivery', 'hookctl delivery show ID'],
  ['r', 'send the delivery again', 'hookctl delivery replay ID'],
  ['c', 'the request as a command of curl, copied where the terminal can', 'hookctl delivery curl ID'],
  ['f', 'only what was not delivered', 'hookctl delivery tail --failed'],
  ['/', 'only lines with these words', 'hookctl delivery tail --webhook, --event, --status, …'],
  ['escape', 'everything again', ''],
  ['?', 'this', 'hookctl delivery tail --help'],
  ['q, Ctrl-C', 'leave', ''],
  ['Ctrl-Z', 'back to the shell for a while; `fg` comes back here', ''],
]

const helpPane: Pane = {
  title: 'keys, and the commands that do the same',
  lines: KEYS.flatMap(([key, does, command]) => [
    `${key.padEnd(30)}  ${does}`,
    ...(command === '' ? [] : [`${' '.repeat(32)}${command}`]),
  ]),
  top: 0,
}
