import type {Owner, WorkerStore} from '../store.ts'
import type {Database, Questions} from './connection.ts'
import {writeTellings} from './history.ts'
import type {Alone} from './store.ts'

const OWNER = 'boot_id AS "bootId", pid, host, since, heartbeat_at AS "heartbeatAt"'

/** Any number of workers send from one database: each is an owner, and what it claimed is its own while it is heard of. */
export const worker = (database: Database, write: Alone): WorkerStore => ({
  isShared: true,

  enabled: async () => (await database.one('SELECT sending FROM store_state'))?.sending === 1,

  setEnabled: (enabled, entry) =>
    write(async transaction => {
      const changed = await transaction.run('UPDATE store_state SET sending = $1 WHERE sending <> $1', enabled ? 1 : 0)
      if (changed > 0) await writeTellings(transaction, [entry])
      return changed > 0
    }),

  owner: async () => (await ownersOf(database))[0] ?? null,

  owners: () => ownersOf(database),

  own: ({bootId, pid, host, since, heartbeatAt}, staleBefore, deadBootId) =>
    write(async transaction => {
      await transaction.run(
        `INSERT INTO owners (boot_id, pid, host, since, heartbeat_at, seen_at) VALUES ($1, $2, $3, $4, $5, clock_timestamp())
          ON CONFLICT (boot_id) DO UPDATE SET heartbeat_at = $5, seen_at = clock_timestamp()`,
        ...[bootId, pid, host, since, heartbeatAt],
      )
      await forgetSilent(transaction, heartbeatAt - staleBefore, deadBootId, bootId)
      return true
    }),

  // Others that fell silent are found by whoever is still heard of, and what they had claimed is due again.
  renew: (bootId, now) =>
    write(async transaction => {
      const renewed = await transaction.run(
        'UPDATE owners SET heartbeat_at = $1, seen_at = clock_timestamp() WHERE boot_id = $2',
        now,
        bootId,
      )
      if (renewed === 1) await forgetSilent(transaction, SILENT_MS, null, bootId)
      return renewed === 1
    }),

  release: bootId => write(transaction => forget(transaction, [bootId])),
})

/** Nobody takes away those that fell silent while no worker is left: they are known by the server's clock. */
const ownersOf = async (database: Database): Promise<readonly Owner[]> =>
  (await database.all(
    `SELECT ${OWNER} FROM owners WHERE seen_at >= clock_timestamp() - make_interval(secs => $1::float8 / 1000)
      ORDER BY since, boot_id`,
    SILENT_MS,
  )) as unknown as readonly Owner[]

/** The lease: an owner not heard of for so long has lost what it claimed. By the server's clock, whatever the workers' say. */
const SILENT_MS = 15_000

async function forgetSilent(
  questions: Questions,
  silentMs: number,
  deadBootId: string | null,
  exceptBootId: string,
): Promise<void> {
  const rows = await questions.all(
    `SELECT boot_id FROM owners WHERE boot_id <> $3
      AND (boot_id = $2 OR seen_at < clock_timestamp() - make_interval(secs => $1::float8 / 1000))`,
    ...[silentMs, deadBootId, exceptBootId],
  )
  await forget(
    questions,
    rows.map(({boot_id}) => boot_id as string),
  )
}

async function forget(questions: Questions, bootIds: readonly string[]): Promise<void> {
  if (bootIds.length === 0) return
  await questions.run('DELETE FROM claims WHERE owner = ANY($1)', [...bootIds])
  await questions.run('DELETE FROM owners WHERE boot_id = ANY($1)', [...bootIds])
}
