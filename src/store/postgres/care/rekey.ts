import {conflictError} from '../../../errors.ts'
import type {Rekeyed} from '../../care.ts'
import {resealed, resealedSource} from '../../resealed.ts'
import {assertKeyFits, type SecretKey} from '../../secrecy.ts'
import {type Database, IN_USE, type Questions} from '../connection.ts'
import {WRITE_ALONE} from '../transaction.ts'

/**
 * Seals every secret of a store anew. Nobody else may have the store open: they would go on with the old key. The rows as
 * they were are then overwritten in the database's files; its write-ahead log and its backups have them still.
 */
export async function rekeyDatabase(
  database: Database,
  from: SecretKey | null,
  to: SecretKey | null,
): Promise<Rekeyed> {
  const resealed = await database.transaction(
    async questions => {
      await refuseOthers(questions, database.location)
      return reseal(questions, from, to, database.location)
    },
    // Also those whose connection that listens is away keep no secret meanwhile.
    {first: WRITE_ALONE},
  )
  await database.run('VACUUM (FULL) webhooks, sources')
  return {...resealed, keyId: to?.id ?? null}
}

/** Until the transaction ends whoever opens the store waits. @throws HookctlError conflict `store_in_use` */
async function refuseOthers(questions: Questions, location: string): Promise<void> {
  const row = await questions.one(`SELECT pg_try_advisory_xact_lock(${IN_USE})::int AS alone`)
  if (row?.alone === 1) return
  throw conflictError('store_in_use', `other processes have the store ${location} open`, {
    hint: 'stop servers, workers and tails, then change the key',
  })
}

async function reseal(
  questions: Questions,
  from: SecretKey | null,
  to: SecretKey | null,
  location: string,
): Promise<Omit<Rekeyed, 'keyId'>> {
  const state = await questions.one('SELECT secret_key_id AS id FROM store_state')
  const id = (state?.id ?? null) as string | null
  if (id !== null) assertKeyFits(id, from, location)
  const rows = await questions.all('SELECT * FROM webhooks FOR UPDATE')
  for (const row of rows) {
    const {secrets, headers, oauth, settings, id: webhook} = resealed(row, id !== null, from, to)
    await questions.run(
      'UPDATE webhooks SET secrets = $1, headers = $2, oauth = $3, settings = $4 WHERE id = $5',
      ...[secrets, headers, oauth, settings, webhook],
    )
  }
  const sources = await questions.all('SELECT * FROM sources FOR UPDATE')
  for (const row of sources) {
    const {secrets, id: source} = resealedSource(row, id !== null, from, to)
    await questions.run('UPDATE sources SET secrets = $1 WHERE id = $2', secrets, source)
  }
  await questions.run(
    'UPDATE store_state SET secret_key_id = $1, webhook_version = webhook_version + 1',
    to?.id ?? null,
  )
  return {webhooks: rows.filter(row => row.deleted_at === null).length, sources: sources.length, oldKeyId: id}
}
