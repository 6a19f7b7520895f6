import type {Webhook} from '../../domain/webhook.ts'
import {conflictError} from '../../errors.ts'
import {changedMeanwhile, refuseChanged} from '../meanwhile.ts'
import {opened, sealed} from '../secrecy.ts'
import type {Telling, WebhookStore} from '../store.ts'
import {type Listed, pageOf} from '../webhook-page.ts'
import type {Connection} from './connection.ts'
import {refuseWithoutContext} from './contexts.ts'
import {healthOf, resumeHealth, tellHealth} from './health.ts'
import {moveDeliveries} from './moves.ts'
import type {Direct} from './questions.ts'
import {type AnyRow, fromWebhook, toWebhook} from './rows.ts'
import {writeTelling} from './telling.ts'
import type {Transaction} from './transaction.ts'
import {versionOf, whileUnchanged} from './while-unchanged.ts'
import {insertRow, replaceRow} from './write-row.ts'
import type {Writer} from './writer.ts'

const LIVE = 'deleted_at IS NULL'

export function webhooks(connection: Connection, writer: Writer): Direct<WebhookStore> {
  const cached = whileUnchanged(connection, organizationId => readAll(connection, organizationId))
  return {
    add: (webhook, entry, seen) =>
      writer.write(2, transaction => {
        refuseSince(transaction, seen)
        refuseWithoutContext(connection, webhook)
        assertNameIsFree(connection, webhook)
        insertRow(connection, 'webhooks', fromWebhook(sealed(webhook, connection.secretKey)))
        changed(transaction, entry)
      }),

    find(organizationId, idOrName) {
      const one = (column: string) =>
        connection
          .prepare(`SELECT * FROM webhooks WHERE ${column} = ? AND organization_id = ? AND ${LIVE}`)
          .get(idOrName, organizationId)
      const row = one('id') ?? one('name')
      return row === undefined ? null : opened(toWebhook(row as AnyRow), connection.secretKey)
    },

    byIds: ids =>
      ids.flatMap(id => {
        const row = connection.prepare(`SELECT * FROM webhooks WHERE id = ? AND ${LIVE}`).get(id)
        return row === undefined ? [] : [opened(toWebhook(row as AnyRow), connection.secretKey)]
      }),

    list: (organizationId, filter, request) => pageOf(cached(organizationId).listed, filter, request),
    all: organizationId => cached(organizationId).webhooks,

    allSeen(organizationId) {
      // First: what is read after it is never older.
      const seen = versionOf(connection)
      return {webhooks: cached(organizationId).webhooks, seen}
    },

    replace: (webhook, entry, {was, seen}) =>
      writer.write(2, transaction => {
        const seq = seqOf(connection, was)
        refuseSince(transaction, seen)
        if (webhook.contextId !== was.contextId) refuseWithoutContext(connection, webhook)
        assertNameIsFree(connection, webhook)
        if (webhook.paused === null) resume(connection, seq)
        replaceRow(connection, 'webhooks', fromWebhook(sealed(webhook, connection.secretKey)), {seq})
        changed(transaction, entry)
      }),

    health: ids => healthOf(connection, ids),
    tellHealth: note => writer.write(3, transaction => tellHealth(transaction, note)),

    remove: (webhook, entry, now) =>
      writer.write(1024, transaction => {
        const seq = seqOf(connection, webhook)
        changed(transaction, entry)
        return removeWebhook(transaction, {webhook: seq, organizationId: webhook.organizationId}, now)
      }),
  }
}

/** Where it was paused, its health begins anew. */
function resume(connection: Connection, seq: number): void {
  const paused = connection.prepare('SELECT 1 FROM webhooks WHERE seq = ? AND paused IS NOT NULL').get(seq)
  if (paused !== undefined) resumeHealth(connection, seq)
}

type Place = Parameters<typeof moveDeliveries>[1]

/** Takes the webhook's secrets away and cancels what it is still owed; answers how many deliveries that were. */
function removeWebhook(transaction: Transaction, place: Place, now: number): number {
  transaction.connection
    .prepare(
      "UPDATE webhooks SET deleted_at = ?, url = NULL, headers = '[]', secrets = '[]', oauth = NULL WHERE seq = ?",
    )
    .run(now, place.webhook)
  transaction.connection.prepare('DELETE FROM webhook_health WHERE webhook = ?').run(place.webhook)
  const end = {state: 'cancelled', reason: 'webhook_deleted', dueAt: null, finishedAt: now} as const
  return (['collecting', 'pending', 'delivering', 'held'] as const)
    .map(state => moveDeliveries(transaction, place, state, end))
    .reduce((sum, moved) => sum + moved)
}

/** The same for every webhook of an organization. */
export function removeWebhooks(transaction: Transaction, organizationId: number, now: number): number {
  const rows = transaction.connection
    .prepare(`SELECT seq FROM webhooks WHERE organization_id = ? AND ${LIVE}`)
    .all(organizationId)
  transaction.setupChanged()
  return rows.reduce((sum, {seq}) => sum + removeWebhook(transaction, {webhook: seq as number, organizationId}, now), 0)
}

function changed(transaction: Transaction, entry: Telling): void {
  writeTelling(transaction, entry)
  transaction.setupChanged()
}

/** The row number of a webhook that is as it was read. */
function seqOf(connection: Connection, was: Webhook): number {
  const row = connection.prepare(`SELECT * FROM webhooks WHERE id = ? AND ${LIVE}`).get(was.id)
  const is = row === undefined ? null : opened(toWebhook(row as AnyRow), connection.secretKey)
  refuseChanged(`the webhook "${was.name}"`, is, was)
  return row?.seq as number
}

/** Compared with the others as they were: one of them may have taken since what only one may have. */
export function refuseSince(transaction: Transaction, seen: number | undefined): void {
  if (seen === undefined) return
  if (transaction.hasChangedSetup || versionOf(transaction.connection) !== seen) throw changedMeanwhile('a webhook')
}

function assertNameIsFree(connection: Connection, {id, organizationId, name}: Webhook): void {
  const taken = connection
    .prepare(`SELECT 1 FROM webhooks WHERE organization_id = ? AND name = ? AND id <> ? AND ${LIVE}`)
    .get(organizationId, name, id)
  if (taken === undefined) return
  throw conflictError('webhook_exists', `there is a webhook named ${name} already`, {
    path: 'name',
    hint: 'choose another name, or edit that one',
  })
}

interface Cached {
  readonly listed: readonly Listed[]
  readonly webhooks: readonly Webhook[]
}

/** All live webhooks of an organization, newest first. */
function readAll(connection: Connection, organizationId: number): Cached {
  const listed = connection
    .prepare(`SELECT * FROM webhooks WHERE organization_id = ? AND ${LIVE} ORDER BY created_at DESC, seq DESC`)
    .all(organizationId)
    .map(row => ({seq: row.seq as number, webhook: opened(toWebhook(row as AnyRow), connection.secretKey)}))
  return {listed, webhooks: listed.map(({webhook}) => webhook)}
}
