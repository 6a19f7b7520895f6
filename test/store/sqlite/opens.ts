import process from 'node:process'
import {openSqliteStore} from '../../../src/store/sqlite/store.ts'

/** A process of its own that opens the store in FILE, which brings it up to date, and says so just before. */
const [, , file = ''] = process.argv
process.stdout.write('now\n')
await openSqliteStore({file, now: () => 0}).close()
