import type {RetentionStore} from '../../store.ts'
import type {Connection} from '../connection.ts'
import type {Direct} from '../questions.ts'
import type {Writer} from '../writer.ts'
import {expunge} from './expunge.ts'
import {prune} from './prune.ts'

export function retention(connection: Connection, writer: Writer): Direct<RetentionStore> {
  return {
    prune: question => prune(connection, writer, question),
    expunge: question => expunge(connection, writer, question),
    compact() {
      connection.database.exec('VACUUM')
      if (connection.file !== null) connection.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    },
  }
}
