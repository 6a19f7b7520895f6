import {notFoundError, usageError} from '../../../errors.ts'
import type {StoreCare} from '../../care.ts'
import {keyOrNull} from '../../secrecy.ts'
import {connect, type Database} from '../connection.ts'
import {assertFits, migrate, schemaOf} from '../migrate.ts'
import {checkDatabase, recountDatabase} from './check.ts'
import {rekeyDatabase} from './rekey.ts'

/** Care for a store in PostgreSQL: what only hookctl knows of it. Its files are the database's, and so are their copies. */
export function postgresCare(url: string): StoreCare {
  /** A database with a store in it, of the newest schema. */
  async function asked<T>(work: (database: Database) => Promise<T>): Promise<T> {
    const database = connect(url, null)
    try {
      await assertFits(database)
      if ((await schemaOf(database)) === 0) {
        throw notFoundError('store_not_found', `there is no store in ${database.location}`, {
          hint: 'name its database, or its schema: postgres://…?options=-csearch_path%3Dhookctl',
        })
      }
      await migrate(database, Date.now())
      return await work(database)
    } finally {
      await database.close()
    }
  }

  const isOfTheDatabase = (what: string, hint: string) => async (): Promise<never> => {
    throw usageError('no_store_file', `a postgres: store has no file: ${what}`, {hint})
  }

  return {
    cure: 'stop servers and workers, then restore a backup of the database (pg_restore), and look again',
    check: () => asked(checkDatabase),
    recount: () => asked(recountDatabase),
    rekey: (from, to) => asked(database => rekeyDatabase(database, keyOrNull(from), keyOrNull(to))),
    backUp: isOfTheDatabase(
      'backups are made by the database',
      'pg_dump --format=custom --file FILE DATABASE, or as a file of hookctl: hookctl store migrate --to sqlite:FILE',
    ),
    restore: isOfTheDatabase(
      'backups are restored by the database',
      'pg_restore --dbname DATABASE FILE, or from a file of hookctl: hookctl store migrate --from FILE --to URL',
    ),
    salvage: isOfTheDatabase(
      'what can be read of it is copied by the database',
      'pg_dump --table TABLE, for each table that can be read; then restore them in a new database',
    ),
  }
}
