import {existsSync} from 'node:fs'
import path from 'node:path'
import {crc32} from 'node:zlib'
import {notFoundError} from '../../errors.ts'
import {openLock, readWhole, writeWhole} from '../json/file.ts'
import {load} from '../json/load.ts'
import {parse} from '../json/parse.ts'
import {growthWarnings, loadOwner} from '../json/store.ts'
import {tablesOf, toText} from '../json/text.ts'
import {locate} from '../open.ts'
import {type Connection, connect} from '../sqlite/connection.ts'
import {makeFolder} from '../sqlite/file.ts'
import {fileFailure} from '../sqlite/file-failure.ts'
import {migrateNew} from '../sqlite/migrate.ts'
import {migrations} from '../sqlite/migrations/index.ts'
import {fileExists, type Source, type Target} from './copy.ts'
import {reading, refuseUsed, writing} from './sqlite.ts'

/** One readable file is a SQLite store in memory, read from it or written to it. */
export const jsonCopier = {
  async source(location: string): Promise<Source> {
    const {file} = locate(location)
    const found = readWhole(file)
    if (found === null) {
      throw notFoundError('store_not_found', `there is no store at ${file}`, {hint: 'name it with --from'})
    }
    const connection = connect(null, file)
    try {
      load(connection.database, parse(found.text, file, migrations.length), file, migrations)
      loadOwner(connection.database, file)
      refuseUsed(connection)
      addCheckSums(connection)
      return reading(connection)
    } catch (error) {
      connection.close()
      throw error
    }
  },

  async target(location: string): Promise<Target> {
    const {file} = locate(location)
    if (existsSync(file)) throw fileExists(file)
    const connection = connect(null, file)
    const {database} = connection
    migrateNew(database, migrations)
    const {add, complete} = writing(connection)
    let text = ''
    return {
      ...reading(connection),
      columns: async table => tablesOf(database).find(({name}) => name === table)?.columns ?? [],
      add,
      async complete(state) {
        await complete(state)
        text = toText(database, migrations.length)
        load(database, parse(text, file, migrations.length), file, migrations)
      },
      async commit() {
        place(file, text)
        return growthWarnings(database, Buffer.byteLength(text))
      },
    }
  },
}

/** A text has none; in another store they stand beside every body. */
function addCheckSums({database}: Connection): void {
  database.function('crc_of', {deterministic: true}, bytes => crc32(bytes as Uint8Array))
  database.exec('UPDATE bodies SET crc = crc_of(bytes)')
}

/** Never over a store that came meanwhile. */
function place(file: string, text: string): void {
  try {
    makeFolder(path.dirname(file))
    const lock = openLock(file)
    try {
      lock.take()
      if (existsSync(file)) throw fileExists(file)
      writeWhole(file, text)
    } finally {
      lock.release()
      lock.close()
    }
  } catch (error) {
    throw fileFailure(error, file)
  }
}
