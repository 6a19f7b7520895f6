import {z} from 'zod'
import {replaySelections, replayStates, USUAL_RATE} from '../domain/replay.ts'
import {deliveryFilter} from './delivery-filter.ts'
import {lazily} from './lazily.ts'
import {operation} from './operation.ts'
import {flag, inOrganization, page, paging} from './shapes.ts'

export const replayView = lazily(() =>
  z.strictObject({
    id: z.string(),
    organization: z.string(),
    selection: z.enum(replaySelections),
    filter: z.strictObject(deliveryFilter()),
    toUrl: z.string().nullable(),
    now: z.boolean(),
    /** To one webhook; null: as fast as it takes them. */
    ratePerSecond: z.number().nullable(),
    state: z.enum(replayStates),
    /** Things to be sent again. */
    total: z.int(),
    /** Of these, those of which deliveries were made. */
    handedOver: z.int(),
    /** Of these, those that could not be sent any more: their webhook is off or gone, their event is gone. */
    refused: z.int(),
    /** Of these, those that are still to be handed over. */
    waiting: z.int(),
    /** Deliveries of it, by what has become of them; `unfinished` are pending or held. */
    delivered: z.int(),
    failed: z.int(),
    skipped: z.int(),
    cancelled: z.int(),
    unfinished: z.int(),
    /** Of the unfinished, those not tried yet. */
    untried: z.int(),
    createdAt: z.string(),
    finishedAt: z.string().nullable(),
  }),
)

export type ReplayView = z.output<ReturnType<typeof replayView>>

const how = {
  toUrl: z.string().max(4096).optional(),
  /** Also what an automatic retry is still to come for. */
  now: flag.default(false),
}

const oneReplay = inOrganization.extend({replay: z.string().min(1).max(200)})
const counted = z.int()

export const replayOperations = {
  'replay.preview': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/replays/preview',
    role: 'member',
    scope: 'read',
    summary: 'count what a replay would send again, per webhook, and what it would leave out',
    input: () =>
      inOrganization.extend({selection: z.enum(replaySelections).exclude(['named']), ...deliveryFilter(), ...how}),
    output: () =>
      z.strictObject({
        count: counted,
        /** With what is left out: as many as a list with this filter shows. */
        matched: counted,
        oldestAt: z.string().nullable(),
        newestAt: z.string().nullable(),
        webhooks: z.array(
          z.strictObject({
            webhookId: z.string(),
            webhook: z.string(),
            count: counted,
            oldestAt: z.string(),
            newestAt: z.string(),
          }),
        ),
        /** Found, and not sent again: why, and how many. */
        leftOut: z.strictObject({
          /** An automatic retry is still to come. */
          notOver: counted,
          /** Skipped: `missing` sends what a webhook would want today. */
          neverSent: counted,
          /** Replays: what they repeat is sent, once. */
          notOriginal: counted,
          test: counted,
          /** Their body is no longer kept. */
          contentGone: counted,
          webhookOff: counted,
          webhookDeleted: counted,
          noUrl: counted,
        }),
      }),
  }),
  'replay.create': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/replays',
    role: 'admin',
    scope: 'admin',
    summary: 'send many deliveries again, paced, as work that is kept until it is done',
    status: 202,
    input: () =>
      inOrganization.extend({
        selection: z.enum(replaySelections),
        /** With the selection `named`. */
        deliveries: z.array(z.string().min(1).max(200)).min(1).max(10_000).optional(),
        ...deliveryFilter(),
        ...how,
        /** How many the caller counted on: nothing is sent where it is another number. */
        confirm: z.int().min(0),
        /** To one webhook; null: as fast as it takes them. */
        ratePerSecond: z.number().positive().max(1_000_000).nullable().default(USUAL_RATE),
      }),
    output: () => replayView(),
  }),
  'replay.list': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/replays',
    role: 'member',
    scope: 'read',
    summary: 'list replays, newest first',
    input: () => inOrganization.extend(paging),
    output: () => page(replayView()),
  }),
  'replay.show': operation({
    method: 'GET',
    path: '/v1/organizations/:organization/replays/:replay',
    role: 'member',
    scope: 'read',
    summary: 'show how far a replay is and what has become of its deliveries',
    input: () => oneReplay,
    output: () => replayView(),
  }),
  'replay.pause': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/replays/:replay/pause',
    role: 'admin',
    scope: 'admin',
    summary: 'hand nothing more of a replay over until it is resumed',
    input: () => oneReplay,
    output: () => replayView(),
  }),
  'replay.resume': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/replays/:replay/resume',
    role: 'admin',
    scope: 'admin',
    summary: 'go on with a replay that was paused',
    input: () => oneReplay,
    output: () => replayView(),
  }),
  'replay.cancel': operation({
    method: 'POST',
    path: '/v1/organizations/:organization/replays/:replay/cancel',
    role: 'admin',
    scope: 'admin',
    summary: 'end a replay: nothing more is handed over, what is not over is cancelled',
    input: () => oneReplay,
    output: () => replayView(),
  }),
}
