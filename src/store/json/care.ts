import {copyFileSync, existsSync, linkSync, rmSync, statSync} from 'node:fs'
import path from 'node:path'
import {conflictError, notFoundError, usageError} from '../../errors.ts'
import type {StoreCare} from '../care.ts'
import {keyOrNull} from '../secrecy.ts'
import {stamp} from '../sqlite/care/backup.ts'
import {reseal} from '../sqlite/care/rekey.ts'
import {connect} from '../sqlite/connection.ts'
import {makeFolder, syncToDisk} from '../sqlite/file.ts'
import {fileFailure} from '../sqlite/file-failure.ts'
import {schemaOf} from '../sqlite/migrate.ts'
import {migrations} from '../sqlite/migrations/index.ts'
import {openLock, readWhole, writeWhole} from './file.ts'
import {parse} from './parse.ts'
import {load, openJsonStore} from './store.ts'
import {toText} from './text.ts'

/** Care for a store in one readable file: the text is its own copy, and whether it is sound shows when it is read. */
export function jsonCare(file: string): StoreCare {
  return {
    async check() {
      const {schema} = contentOf(file)
      const store = openJsonStore({file, now: () => 0})
      try {
        const counts = await store.deliveries.counts(null)
        const deliveries = Object.values(counts).reduce((sum, n) => sum + n, 0)
        return {file, schema, bytes: statSync(file).size, deliveries, problems: []}
      } finally {
        await store.close()
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
      await assertWhole(source)
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
      const {database, close} = connect(null, file)
      try {
        lock.take()
        if (existsSync(`${file}.owner`)) throw inUse(file)
        load(database, parse(contentOf(file).text, file, migrations.length), file, migrations)
        const resealed = reseal(database, present, next, file)
        writeWhole(file, toText(database, schemaOf(database)))
        return {...resealed, keyId: next?.id ?? null}
      } finally {
        close()
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

function contentOf(file: string): {readonly text: string; readonly schema: number} {
  const found = readWhole(file)
  if (found === null)
    throw notFoundError('store_not_found', `there is no store at ${file}`, {hint: 'name it with --store'})
  return {text: found.text, schema: parse(found.text, file, migrations.length).schema}
}

/** Rows that no store would take are found by reading them into one; on a copy, because that may bring it up to date. */
async function assertWhole(source: string): Promise<void> {
  const copy = `${source}.${process.pid}.looked-at`
  try {
    copyFileSync(source, copy)
    await openJsonStore({file: copy, now: () => 0}).close()
  } finally {
    for (const suffix of ['', '.lock', '.owner']) rmSync(copy + suffix, {force: true})
    syncToDisk(path.dirname(source))
  }
}

const inUse = (file: string): Error =>
  conflictError('store_in_use', `a process sends from the store ${file}`, {
    hint: 'stop the server or the worker, then restore again',
  })
