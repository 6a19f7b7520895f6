import type {DeliveryView} from '../api/deliveries.ts'
import type {Client} from '../client/client.ts'
import {settle} from '../client/settle.ts'
import {EXIT, type ExitCode} from './exit-codes.ts'

interface Replayed {
  readonly deliveries: readonly DeliveryView[]
  readonly timedOut: boolean
  readonly waited: boolean
}

/** With a server that sends, nothing to wait for unless asked; without one, the first attempts are made here. */
export async function settleReplays(
  client: Client,
  organization: string,
  replays: readonly DeliveryView[],
  {wait, timeout}: {readonly wait?: boolean | undefined; readonly timeout: number},
): Promise<Replayed> {
  if (!wait && client.sender === null) return {deliveries: replays, timedOut: false, waited: false}
  const endsAt = performance.now() + timeout
  const settled: DeliveryView[] = []
  let timedOut = false
  for (const [eventId, ids] of Map.groupBy(replays, ({eventId}) => eventId)) {
    const timeoutMs = Math.max(0, endsAt - performance.now())
    const deliveryIds = ids.map(({id}) => id)
    const answer = await settle(client, {
      organization,
      eventId,
      deliveryIds,
      until: wait ? 'finished' : 'tried',
      timeoutMs,
    })
    settled.push(...answer.deliveries)
    timedOut ||= answer.timedOut
  }
  return {deliveries: settled, timedOut, waited: wait === true}
}

/** How it went, and the exit code where the command waited for it. */
export function sayReplayed({deliveries, timedOut, waited}: Replayed): {
  notices: readonly string[]
  exitCode: ExitCode | undefined
} {
  const delivered = deliveries.filter(({state}) => state === 'delivered').length
  const notices = [`replayed ${deliveries.length}, delivered ${delivered}`]
  if (!waited) return {notices, exitCode: undefined}
  if (timedOut) return {notices: [...notices, 'the time was up before all were over'], exitCode: EXIT.timeout}
  return {notices, exitCode: delivered < deliveries.length ? EXIT.answerNo : undefined}
}
