import type {ReplayView} from '../api/replays.ts'
import {maskUrl} from '../domain/mask.ts'
import type {Replay, ReplayCounts} from '../domain/replay.ts'
import {toInstant, toInstantOrNull} from './instants.ts'

export function replayView(replay: Replay, organization: string, counts: ReplayCounts): ReplayView {
  const {organizationId: _, toUrl, createdAt, finishedAt, filter, ...rest} = replay
  const {delivered, failed, held, skipped, cancelled, pending, delivering, collecting, untried} = counts
  return {
    ...rest,
    organization,
    filter: structuredClone(filter) as ReplayView['filter'],
    toUrl: toUrl === null ? null : maskUrl(toUrl),
    waiting: rest.state === 'cancelled' ? 0 : rest.total - rest.handedOver - rest.refused,
    delivered,
    failed,
    skipped,
    cancelled,
    unfinished: pending + delivering + collecting + held,
    untried,
    createdAt: toInstant(createdAt),
    finishedAt: toInstantOrNull(finishedAt),
  }
}
