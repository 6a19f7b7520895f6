import type {DatabaseSync} from 'node:sqlite'
import type {Rekeyed} from '../../care.ts'
import {resealed, resealedSource} from '../../resealed.ts'
import {assertKeyFits, type SecretKey} from '../../secrecy.ts'
import {connect} from '../connection.ts'
import {inspectFile} from '../file.ts'
import {keyIdOf, setKeyId} from '../key.ts'
import {migrate} from '../migrate.ts'
import {migrations} from '../migrations/index.ts'
import type {AnyRow} from '../rows.ts'
import {holdExclusively, inUseBy} from './restore.ts'

/**
 * Seals every secret of a store anew; what stood there before is overwritten. Nobody else may have the store open: they
 * would go on with the old key.
 */
export function rekey(file: string, from: SecretKey | null, to: SecretKey | null): Rekeyed {
  inspectFile(file, migrations.length)
  upToDate(file)
  const database = hold(file)
  try {
    database.exec('PRAGMA secure_delete = on; BEGIN IMMEDIATE')
    const resealed = reseal(database, from, to, file)
    database.exec('COMMIT')
    // Older copies of a page may lie in what is free; and the log has been written.
    database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
    return {...resealed, keyId: to?.id ?? null}
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK')
    database.close()
  }
}

/** An older schema has no place for the id of the key. */
function upToDate(file: string): void {
  const connection = connect(file, file)
  try {
    migrate(connection, migrations)
  } finally {
    connection.close()
  }
}

function hold(file: string): DatabaseSync {
  try {
    return holdExclusively(file)
  } catch (error) {
    throw inUseBy(file, error)
  }
}

/** In a transaction of the caller's. */
export function reseal(
  database: DatabaseSync,
  from: SecretKey | null,
  to: SecretKey | null,
  location: string,
): Omit<Rekeyed, 'keyId'> {
  const id = keyIdOf(database)
  if (id !== null) assertKeyFits(id, from, location)
  const rows = database.prepare('SELECT * FROM webhooks').all() as unknown as AnyRow[]
  const update = database.prepare('UPDATE webhooks SET secrets = ?, headers = ?, oauth = ?, settings = ? WHERE id = ?')
  for (const row of rows) {
    const {secrets, headers, oauth, settings, id: webhook} = resealed(row, id !== null, from, to)
    update.run(secrets, headers, oauth, settings, webhook)
  }
  const sources = database.prepare('SELECT * FROM sources').all() as unknown as AnyRow[]
  for (const row of sources) {
    const {secrets, id: source} = resealedSource(row, id !== null, from, to)
    database.prepare('UPDATE sources SET secrets = ? WHERE id = ?').run(secrets, source)
  }
  setKeyId(database, to?.id ?? null)
  database.exec('UPDATE store_state SET webhook_version = webhook_version + 1')
  return {webhooks: rows.filter(row => row.deleted_at === null).length, sources: sources.length, oldKeyId: id}
}
