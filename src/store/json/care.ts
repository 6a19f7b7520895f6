import {existsSync, linkSync, statSync} from 'node:fs'
import path from 'node:path'
import type {DatabaseSync} from 'node:sqlite'
import {conflictError, HookctlError, notFoundError, usageError} from '../../errors.ts'
import type {StoreCare} from '../care.ts'
import {keyOrNull} from '../secrecy.ts'
import {stamp} from '../sqlite/care/backup.ts'
import {reseal} from '../sqlite/care/rekey.ts'
import {connect} from '../sqlite/connection.ts'
import {makeFolder} from '../sqlite/file.ts'
import {fileFailure} from '../sqlite/file-failure.ts'
import {schemaOf} from '../sqlite/migrate.ts'
import {migrations} from '../sqlite/migrations/index.ts'
import {openLock, readWhole, writeWhole} from './file.ts'
import {fill, load} from './load.ts'
import {parse} from './parse.ts'
import {toText} from './text.ts'

/** Care for a store in one readable file: the text is its own copy, and whether it is sound shows when it is read. */
export function jsonCare(file: string): StoreCare {
  return {
    cure: 'mend it in an editor, take it back from version control, or restore a backup (hookctl store restore FILE)',

    async check() {
      const {text} = textOf(file)
      const {size: bytes} = statSync(file)
      try {
        const content = parse(text, file, migrations.length)
        const {schema, tables} = content
        const problems = inMemory(file, database => fill(database, content, migrations))
        return {file, schema, bytes, deliveries: tables.deliveries?.length ?? 0, problems}
      } catch (error) {
        if (!(error instanceof HookctlError) || error.code !== 'store_corrupt') throw error
        return {file, schema: 0, bytes, deliveries: 0, problems: [{kind: 'text', detail: error.message}]}
      }
    },

    /** Counts are made anew whenever the file is read. */
    async recount() {
      return 0
    },

    async backUp({to, force, now}) {
      const target = to === null ? `${file}.${stamp(now)}.backup` : path.resolve(to)
      if (target === file || (!force && existsSync(target))) {
        throw conflictError('backup_exists', `there is a file ${target} already`, {
          hint: 'name another, or add --force',
        })
      }
      const {text, schema} = contentOf(file)
      try {
        makeFolder(path.dirname(target))
        writeWhole(target, text)
      } catch (error) {
        throw fileFailure(error, target)
      }
      return {file: target, bytes: statSync(target).size, schema}
    },

    async restore(from, {now}) {
      const source = path.resolve(from)
      if (!existsSync(source)) {
        throw notFoundError('backup_not_found', `there is no file ${source}`, {hint: 'name the backup to restore'})
      }
      if (source === file) throw conflictError('backup_in_place', `${source} is the store itself: nothing to restore`)
      const {text, schema} = contentOf(source)
      assertWhole(source)
      makeFolder(path.dirname(file))
      const lock = openLock(file)
      try {
        lock.take()
        if (existsSync(`${file}.owner`)) throw inUse(file)
        const kept = existsSync(file) ? `${file}.${stamp(now)}.replaced` : null
        if (kept !== null) linkSync(file, kept)
        writeWhole(file, text)
        return {file, kept, schema}
      } catch (error) {
        throw fileFailure(error, file)
      } finally {
        lock.release()
        lock.close()
      }
    },

    async rekey(from, to) {
      const [present, next] = [keyOrNull(from), keyOrNull(to)]
      const lock = openLock(file)
      try {
        lock.take()
        if (existsSync(`${file}.owner`)) throw inUse(file)
        return inMemory(file, database => {
          load(database, parse(textOf(file).text, file, migrations.length), file, migrations)
          const resealed = reseal(database, present, next, file)
          writeWhole(file, toText(database, schemaOf(database)))
          return {...resealed, keyId: next?.id ?? null}
        })
      } finally {
        lock.release()
        lock.close()
      }
    },

    async salvage() {
      throw usageError('no_salvage', 'a json: store is text: mend it in an editor', {
        hint: '`hookctl store check` says line and column',
      })
    },
  }
}

function textOf(file: string): {readonly text: string} {
  const found = readWhole(file)
  if (found !== null) return found
  throw notFoundError('store_not_found', `there is no store at ${file}`, {hint: 'name it with --store'})
}

function contentOf(file: string): {readonly text: string; readonly schema: number} {
  const {text} = textOf(file)
  return {text, schema: parse(text, file, migrations.length).schema}
}

function inMemory<T>(file: string, work: (database: DatabaseSync) => T): T {
  const {database, close} = connect(null, file)
  try {
    return work(database)
  } finally {
    close()
  }
}

/** Rows that no store would take are found by reading them into one. */
const assertWhole = (source: string): void =>
  inMemory(source, database =>
    load(database, parse(textOf(source).text, source, migrations.length), source, migrations),
  )

const inUse = (file: string): Error =>
  conflictError('store_in_use', `a process sends from the store ${file}`, {
    hint: 'stop the server or the worker, then restore again',
  })
