import type {DeliveryView} from '../../api/deliveries.ts'
import type {Client} from '../../client/client.ts'
import {HookctlError} from '../../errors.ts'
import type {TailRow} from '../columns/delivery.ts'
import {curlOf} from '../curl-of.ts'
import {type DeliveryFilterFlags, deliveryFilterFrom} from '../delivery-flags.ts'
import {deliveryText} from '../delivery-text.ts'
import type {Layout} from '../output/print.ts'
import {sayReplayed, settleReplays} from '../replaying.ts'
import {timesAt} from '../shown-time.ts'
import type {Surroundings} from '../surroundings.ts'
import {tailDeliveries} from '../tailing.ts'
import {listenForKeys} from './keys.ts'
import {enterScreen, type Screen} from './screen.ts'
import {emptyTail, type Pane, pressed, type TailState, type Wish, withRow} from './tail-state.ts'
import {pageOf, tailLines} from './tail-view.ts'
import {foldLine} from './width.ts'

interface TailFlags extends Omit<DeliveryFilterFlags, 'until'> {
  readonly failed?: boolean | undefined
  readonly cursor?: string | undefined
}

interface Tailing {
  readonly client: Client
  readonly organization: string
  readonly flags: TailFlags
  readonly layout: Layout
  readonly surroundings: Surroundings
  readonly signal: AbortSignal
}

/** Many things may happen in one blink of an eye: drawn once. */
const FRAME_MS = 30

/** `delivery tail` on the whole terminal, until a key or a signal ends it. The terminal is as before then, also after a failure. */
export async function tailOnScreen(tailing: Tailing): Promise<{readonly interrupted: boolean}> {
  const {surroundings, signal} = tailing
  const quit = new AbortController()
  let interrupted = false
  const stop = AbortSignal.any([signal, quit.signal])
  const screen = enterScreen(surroundings)
  const shown = showing(screen, tailing)
  const endKeys = listenForKeys(surroundings.stdin, key => {
    const [state, wish] = pressed(shown.state(), key, pageOf(screen.size))
    shown.change(() => state)
    if (wish?.wish === 'quit') {
      interrupted = wish.interrupted
      quit.abort()
    } else if (wish?.wish === 'suspend') screen.suspend()
    else if (wish !== undefined) void fulfil(tailing, screen, shown, wish)
  })
  try {
    shown.change(state => state)
    await follow(tailing, shown, stop)
  } finally {
    endKeys()
    shown.end()
    screen.leave()
  }
  return {interrupted}
}

interface Showing {
  state(): TailState
  change(next: (state: TailState) => TailState): void
  end(): void
}

function showing(screen: Screen, {layout, surroundings}: Tailing): Showing {
  let state = emptyTail
  let timer: NodeJS.Timeout | undefined
  const draw = () => {
    timer = undefined
    const times = timesAt(surroundings.now(), layout.times)
    screen.draw(tailLines(state, screen.size, {paint: layout.paint, times}))
  }
  const plan = () => {
    timer ??= setTimeout(draw, FRAME_MS)
  }
  screen.onChange(plan)
  return {
    state: () => state,
    change(next) {
      state = next(state)
      plan()
    },
    end: () => clearTimeout(timer),
  }
}

/** What was delivered lately, then what is from now on; with a place to begin only what follows it. */
async function follow(tailing: Tailing, shown: Showing, stop: AbortSignal): Promise<void> {
  const {client, organization, flags} = tailing
  if (flags.since === undefined && flags.cursor === undefined) {
    const rows = await recent(tailing)
    shown.change(state => rows.reduce(withRow, state))
  }
  const items = tailDeliveries(client, organization, flags, stop, connection =>
    shown.change(state => ({...state, isConnected: connection !== 'lost'})),
  )
  for await (const row of items) shown.change(state => withRow(state, row))
}

const RECENT = 100

async function recent({client, organization, flags, surroundings}: Tailing): Promise<readonly TailRow[]> {
  const {until: _, ...filter} = deliveryFilterFrom(flags)
  const {items} = await client.call('delivery.list', {organization, ...filter, limit: RECENT})
  return items
    .filter(({state}) => !(flags.failed && state === 'delivered'))
    .map(delivery => toRow(delivery, surroundings.now()))
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
}

/** A delivery as it stands, as if it were told of now. */
const toRow = (delivery: DeliveryView, now: number): TailRow => ({
  at: delivery.finishedAt ?? delivery.createdAt,
  outcome: delivery.state === 'pending' && delivery.attemptCount > 0 ? 'failed' : delivery.state,
  status: delivery.lastStatus,
  durationMs: null,
  webhook: delivery.webhook,
  eventType: delivery.eventType,
  attempt: delivery.attemptCount === 0 ? null : delivery.attemptCount,
  attempts: delivery.attemptCount,
  error: delivery.lastErrorClass ?? delivery.reason,
  deliveryId: delivery.id,
  eventId: delivery.eventId,
  state: delivery.state,
  nextAt: delivery.dueAt,
  countedFrom: now,
  hint: delivery.hint,
  cursor: '',
})

type DeliveryWish = Exclude<Wish, {wish: 'quit' | 'suspend'}>

async function fulfil(
  tailing: Tailing,
  screen: Screen,
  shown: Showing,
  {wish, deliveryId}: DeliveryWish,
): Promise<void> {
  try {
    const change = await wishes[wish](tailing, screen, deliveryId)
    shown.change(state => ({...state, ...change}))
  } catch (error) {
    if (!(error instanceof HookctlError)) throw error
    shown.change(state => ({...state, note: error.message}))
  }
}

type Fulfil = (
  tailing: Tailing,
  screen: Screen,
  deliveryId: string,
) => Promise<Pick<TailState, 'note'> & Partial<TailState>>

const wishes: Readonly<Record<DeliveryWish['wish'], Fulfil>> = {
  async show({client, organization, layout, surroundings}, screen, deliveryId) {
    const answer = await client.call('delivery.show', {organization, delivery: deliveryId})
    // Of now, and not of when the screen was opened.
    const times = timesAt(surroundings.now(), layout.times)
    const seen = {...layout, format: 'table', width: screen.size.columns, times} as const
    const text = await deliveryText(answer, seen)
    return {note: '', pane: paneOf(`hookctl delivery show ${deliveryId}`, text, screen)}
  },
  async curl({client, organization, surroundings}, screen, deliveryId) {
    const {command, variables} = await curlOf(client, organization, deliveryId)
    // OSC 52: terminals that know it put this on the clipboard, also over SSH; the others do nothing.
    surroundings.stdout.write(`\u001b]52;c;${Buffer.from(command).toString('base64')}\u0007`)
    const missing = variables.length === 0 ? '' : `; set before you run it: ${variables.join(', ')}`
    return {
      note: `copied, where the terminal can${missing}`,
      pane: paneOf(`hookctl delivery curl ${deliveryId}`, command, screen),
    }
  },
  async replay({client, organization}, _, deliveryId) {
    const {deliveries} = await client.call('delivery.replay', {organization, deliveries: [deliveryId], now: false})
    const settled = await settleReplays(client, organization, deliveries, {timeout: 30_000})
    return {note: sayReplayed(settled).notices.join('; ')}
  },
}

/** Folded to the width, so that nothing is cut from what one wants to read. */
function paneOf(title: string, text: string, {size}: Screen): Pane {
  return {
    title,
    lines: text
      .trimEnd()
      .split('\n')
      .flatMap(line => foldLine(line, size.columns)),
    top: 0,
  }
}
