import type {StoreCare} from '../../care.ts'
import {keyOrNull} from '../../secrecy.ts'
import {translate} from '../failure.ts'
import {backUp} from './backup.ts'
import {checkFile, recount} from './check.ts'
import {rekey} from './rekey.ts'
import {restore} from './restore.ts'
import {salvage} from './salvage.ts'

/** Care for the file of a SQLite store, with failures of SQLite in the words of the store. */
export function sqliteCare(file: string): StoreCare {
  const asked = async <T>(work: () => T | Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw translate(error, file)
    }
  }
  return {
    cure: 'stop the server, then restore a backup (hookctl store restore FILE) or save what can be read (hookctl store check --salvage FILE)',
    check: options => asked(() => checkFile(file, options)),
    recount: () => asked(() => recount(file)),
    backUp: options => asked(() => backUp(file, options)),
    restore: (from, options) => asked(() => restore(file, from, options)),
    rekey: (from, to) => asked(() => rekey(file, keyOrNull(from), keyOrNull(to))),
    salvage: to => asked(() => salvage(file, to)),
  }
}
