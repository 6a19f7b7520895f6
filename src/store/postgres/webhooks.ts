import type {Webhook} from '../../domain/webhook.ts'
import {conflictError} from '../../errors.ts'
import {changedMeanwhile, refuseChanged} from '../meanwhile.ts'
import {opened, type SecretKey, sealed} from '../secrecy.ts'
import {fromWebhook, toWebhook} from '../sqlite/rows.ts'
import type {Telling, WebhookStore} from '../store.ts'
import {type Listed, pageOf} from '../webhook-page.ts'
import type {Database, Questions} from './connection.ts'
import {refuseWithoutContext} from './contexts.ts'
import {healthOf, resumeHealth, tellHealth} from './health.ts'
import {writeTellings} from './history.ts'
import {assertKeyStays, type Keeping} from './key.ts'
import {moveDeliveries} from './moves.ts'
import type {Alone} from './store.ts'
import type {Transaction} from './transaction.ts'
import {whileUnchanged} from './while-unchanged.ts'
import {insertRow, replaceRow} from './write-row.ts'

const LIVE = 'deleted_at IS NULL'

export function webhooks(database: Seeing, write: Alone): WebhookStore {
  const cached = whileUnchanged(database, organizationId => readAll(database, organizationId))
  const key = database.secretKey
  return {
    add: (webhook, entry, seen) =>
      write(async transaction => {
        await assertKeyStays(transaction, database)
        await refuseSince(transaction, seen)
        await refuseWithoutContext(transaction, webhook)
        await assertNameIsFree(transaction, webhook)
        await insertRow(transaction, 'webhooks', fromWebhook(sealed(webhook, key)))
        await changed(transaction, entry)
      }),

    async find(organizationId, idOrName) {
      const one = (column: string) =>
        database.one(
          `SELECT * FROM webhooks WHERE ${column} = $1 AND organization_id = $2 AND ${LIVE}`,
          idOrName,
          organizationId,
        )
      const row = (await one('id')) ?? (await one('name'))
      return row === undefined ? null : opened(toWebhook(row), key)
    },

    async byIds(ids) {
      const rows = await database.all(`SELECT * FROM webhooks WHERE id = ANY($1) AND ${LIVE}`, [...ids])
      const found = new Map(rows.map(row => [row.id as string, opened(toWebhook(row), key)]))
      return ids.flatMap(id => found.get(id) ?? [])
    },

    list: async (organizationId, filter, request) => pageOf((await cached(organizationId)).listed, filter, request),
    all: async organizationId => (await cached(organizationId)).webhooks,

    async allSeen(organizationId) {
      // First: what is read after it is never older. And not from memory: the server may not have told of it yet.
      const seen = await versionOf(database)
      return {webhooks: (await readAll(database, organizationId)).webhooks, seen}
    },

    replace: (webhook, entry, {was, seen}) =>
      write(async transaction => {
        await assertKeyStays(transaction, database)
        const seq = await seqOf(transaction, was, key)
        await refuseSince(transaction, seen)
        if (webhook.contextId !== was.contextId) await refuseWithoutContext(transaction, webhook)
        await assertNameIsFree(transaction, webhook)
        if (webhook.paused === null) await resume(transaction, seq)
        await replaceRow(transaction, 'webhooks', fromWebhook(sealed(webhook, key)), {seq})
        await changed(transaction, entry)
      }),

    health: ids => healthOf(database, ids),
    tellHealth: note => write(transaction => tellHealth(transaction, note)),

    remove: (webhook, entry, now) =>
      write(async transaction => {
        const seq = await seqOf(transaction, webhook, key)
        await changed(transaction, entry)
        return removeWebhook(transaction, {webhook: seq, organizationId: webhook.organizationId}, now)
      }),
  }
}

/** Where it was paused, its health begins anew. */
async function resume(transaction: Transaction, seq: number): Promise<void> {
  const paused = await transaction.one('SELECT 1 AS yes FROM webhooks WHERE seq = $1 AND paused IS NOT NULL', seq)
  if (paused !== undefined) await resumeHealth(transaction, seq)
}

type Place = Parameters<typeof moveDeliveries>[1]

/** Takes the webhook's secrets away and cancels what it is still owed; answers how many deliveries that were. */
async function removeWebhook(transaction: Transaction, place: Place, now: number): Promise<number> {
  await transaction.run(
    "UPDATE webhooks SET deleted_at = $1, url = NULL, headers = '[]', secrets = '[]', oauth = NULL WHERE seq = $2",
    now,
    place.webhook,
  )
  const end = {state: 'cancelled', reason: 'webhook_deleted', dueAt: null, finishedAt: now} as const
  let cancelled = 0
  for (const state of ['collecting', 'pending', 'delivering', 'held'] as const) {
    cancelled += await moveDeliveries(transaction, place, state, end)
  }
  return cancelled
}

/** The same for every webhook of an organization. */
export async function removeWebhooks(transaction: Transaction, organizationId: number, now: number): Promise<number> {
  const rows = await transaction.all(`SELECT seq FROM webhooks WHERE organization_id = $1 AND ${LIVE}`, organizationId)
  transaction.setupChanged()
  let cancelled = 0
  for (const {seq} of rows) cancelled += await removeWebhook(transaction, {webhook: seq as number, organizationId}, now)
  return cancelled
}

async function changed(transaction: Transaction, entry: Telling): Promise<void> {
  await writeTellings(transaction, [entry])
  transaction.setupChanged()
}

/** The row number of a webhook that is as it was read. */
async function seqOf(questions: Questions, was: Webhook, key: SecretKey | null): Promise<number> {
  const row = await questions.one(`SELECT * FROM webhooks WHERE id = $1 AND ${LIVE}`, was.id)
  refuseChanged(`the webhook "${was.name}"`, row === undefined ? null : opened(toWebhook(row), key), was)
  return row?.seq as number
}

/** Compared with the others as they were: one of them may have taken since what only one may have. */
export async function refuseSince(transaction: Transaction, seen: number | undefined): Promise<void> {
  if (seen === undefined) return
  if (transaction.hasChangedSetup || (await versionOf(transaction)) !== seen) throw changedMeanwhile('a webhook')
}

const versionOf = async (questions: Questions): Promise<number> =>
  (await questions.one('SELECT webhook_version AS version FROM store_state'))?.version as number

async function assertNameIsFree(questions: Questions, {id, organizationId, name}: Webhook): Promise<void> {
  const taken = await questions.one(
    `SELECT 1 AS taken FROM webhooks WHERE organization_id = $1 AND name = $2 AND id <> $3 AND ${LIVE}`,
    ...[organizationId, name, id],
  )
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

type Seeing = Questions & Keeping & Partial<Pick<Database, 'setupSeen'>>

/** All live webhooks of an organization, newest first. */
async function readAll(database: Seeing, organizationId: number): Promise<Cached> {
  const rows = await database.all(
    `SELECT * FROM webhooks WHERE organization_id = $1 AND ${LIVE} ORDER BY created_at DESC, seq DESC`,
    organizationId,
  )
  const listed = rows.map(row => ({seq: row.seq as number, webhook: opened(toWebhook(row), database.secretKey)}))
  return {listed, webhooks: listed.map(({webhook}) => webhook)}
}
