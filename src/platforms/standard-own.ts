import type {ObjectRef} from '../domain/event.ts'
import type {Change} from '../domain/history.ts'
import type {NoticeKind} from '../domain/notice.ts'
import type {ExampleEvent} from '../domain/platform.ts'
import {example} from './shared/catalog.ts'

/** Hookctl's own changes. What is not there cannot happen: a worker is neither made nor deleted. */
export const ownTypes: Readonly<Record<string, {readonly noun: string; readonly changes: readonly Change[]}>> = {
  Webhook: {noun: 'webhook', changes: ['created', 'changed', 'deleted']},
  WebhookDelivery: {noun: 'delivery', changes: ['created', 'changed']},
  Worker: {noun: 'worker', changes: ['changed']},
  Token: {noun: 'token', changes: ['created', 'deleted']},
  Context: {noun: 'context', changes: ['created', 'changed', 'deleted']},
  Organization: {noun: 'organization', changes: ['changed']},
}

export const ownType = (noun: string, change: Change): string => `hookctl.${noun}.${change}`

export const noticeType = (kind: NoticeKind): string => `hookctl.${kind}`

interface NoticeTold {
  readonly summary: string
  readonly data: {readonly object: ObjectRef} & Readonly<Record<string, unknown>>
}

const cmdb = {type: 'Webhook', id: 'wh_0197a3c0d1e27f0089abcdef01234567', name: 'cmdb'}
const run = {failingSince: '2026-07-01T12:00:00.000Z', failures: 41, lastSuccessAt: '2026-07-01T11:58:03.120Z'}

/** What an operator is told, with an example of each. */
const notices: Readonly<Record<NoticeKind, NoticeTold>> = {
  'webhook.failing': {
    summary: 'a webhook takes nothing: told at 50, 70, 90 and 100 % of the way to its pause',
    data: {object: cmdb, ...run, percent: 50, pausesAt: '2026-07-06T12:00:00.000Z'},
  },
  'webhook.paused': {
    summary: 'a webhook was paused by hookctl: what it is owed is held',
    data: {object: cmdb, ...run, reason: 'failing'},
  },
  'webhook.recovered': {
    summary: 'a webhook that was said to fail, or was paused, delivers again',
    data: {object: cmdb, lastSuccessAt: '2026-07-03T12:00:00.000Z'},
  },
  'delivery.exhausted': {
    summary: 'a delivery was given up: its retries are used up, or there are none',
    data: {
      object: {type: 'WebhookDelivery', id: 'dlv_0197a3c0d1e27f0089abcdef01234567', name: ''},
      webhook: {id: cmdb.id, name: cmdb.name},
      event: {id: 'evt_0197a3c0d1e27f0089abcdef01234567', type: 'node.added'},
      reason: 'exhausted',
      attempts: 8,
      status: 503,
      errorClass: 'status',
      error: 'the receiver answered 503',
    },
  },
  'worker.stopped': {
    summary: 'a process that sends has ended, or was found dead by the next one',
    data: {
      object: {type: 'Worker', id: 'worker', name: ''},
      reason: 'stopped',
      pid: 4711,
      host: 'hooks-1',
      since: '2026-07-03T08:00:00.000Z',
      lastSeenAt: '2026-07-03T12:00:00.000Z',
    },
  },
}

const bySystem = {kind: 'system', name: null} as const

const article = (noun: string): string => (/^[aeiou]/.test(noun) ? 'an' : 'a')

interface Own {
  readonly summary: string
  /** Where it is not the plain one. */
  readonly example?: ExampleEvent
}

const changes = Object.values(ownTypes).flatMap(({noun, changes: own}) =>
  own.map((change): [string, Own] => [
    ownType(noun, change),
    {summary: `${article(noun)} ${noun} of hookctl itself was ${change}`},
  ]),
)

const told = Object.entries(notices).map(([kind, {summary, data}]): [string, Own] => {
  const type = noticeType(kind as NoticeKind)
  return [type, {summary, example: example({type, object: data.object, actor: bySystem, data})}]
})

/** Hookctl's own event types, by name. */
export const ownCatalog: ReadonlyMap<string, Own> = new Map([...changes, ...told])
