import {readFileSync, statSync, writeFileSync} from 'node:fs'
import {DatabaseSync} from 'node:sqlite'
import {describe, expect, it} from 'vitest'
import {openStore} from '../../../src/store/open.ts'
import {connect, pragma} from '../../../src/store/sqlite/connection.ts'
import {inspectFile} from '../../../src/store/sqlite/file.ts'
import {migrations} from '../../../src/store/sqlite/migrations/index.ts'
import {assemble} from '../../../src/store/sqlite/store.ts'
import {aHistoryEntry, NOON} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import {anAcceptance, countsOf, withDelivery, withWebhook} from '../conformance/setting.ts'
import {aFolder} from '../folder.ts'
import {aChild} from './process.ts'

const open = (file: string) => openStore(file, {now: () => NOON})

/** Commits in a write-ahead log: frames that carry the size of the file after them (sqlite.org/fileformat.html#walformat). */
function commitsIn(log: Buffer): number {
  const pageSize = log.readUInt32BE(8)
  const salt = log.subarray(16, 24)
  let commits = 0
  for (let at = 32; at + 24 + pageSize <= log.length; at += 24 + pageSize) {
    if (log.readUInt32BE(at + 4) !== 0 && salt.equals(log.subarray(at + 8, at + 16))) commits++
  }
  return commits
}

function integrityOf(file: string): unknown {
  const database = new DatabaseSync(file)
  const found = pragma(database, 'integrity_check')
  database.close()
  return found
}

describe('F2: accepted means on disk', () => {
  it('the log is flushed in full at every commit, in a log that others can read along', async () => {
    await using folder = await aFolder()
    const file = folder.file('hookctl.db')
    await (await open(file)).close()
    const connection = connect(file, file)
    expect(pragma(connection.database, 'synchronous')).toBe(2)
    expect(pragma(connection.database, 'journal_mode')).toBe('wal')
    expect(pragma(connection.database, 'fullfsync')).toBe(1)
    expect(pragma(connection.database, 'page_size')).toBe(4096)
    connection.close()
  })

  it('a file that is not in this mode is refused', async () => {
    await using folder = await aFolder()
    const file = folder.file('hookctl.db')
    await (await open(file)).close()
    const database = new DatabaseSync(file)
    database.exec('PRAGMA journal_mode = delete')
    database.close()
    expect(await refusal(open(file))).toMatchObject({kind: 'unreachable', code: 'store_unsupported'})
  })
})

it('shares a commit among all that is accepted and recorded in one turn', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  const store = await open(file)
  const webhook = await withWebhook(store)
  const commits = () => commitsIn(readFileSync(`${file}-wal`))
  const before = commits()
  await Promise.all([
    ...Array.from({length: 200}, () => store.events.accept([anAcceptance(webhook)])),
    ...Array.from({length: 200}, () => store.history.add([aHistoryEntry()])),
  ])
  expect(commits() - before).toBe(1)
  await Promise.all(Array.from({length: 3000}, () => store.events.accept([anAcceptance(webhook)])))
  expect(commits() - before).toBe(4)
  await store.close()
})

it('F1: a process killed while it accepts loses nothing that it had promised', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  const promised: string[] = []
  for (const [index, kills] of [3, 40, 150, 90].entries()) {
    const child = aChild({file, prefix: `p${index}`, count: 0, lanes: 8})
    await child.after(kills)
    child.kill()
    await child.ended
    promised.push(...child.promised)
  }
  expect(integrityOf(file)).toBe('ok')
  const store = await open(file)
  for (const id of promised) expect(await store.events.find(1, id)).toMatchObject({id})
  const {pending} = await countsOf(store)
  expect(await store.deliveries.count(1, {})).toBe(pending)
  expect(pending).toBeGreaterThanOrEqual(promised.length)
  await store.close()
}, 30_000)

it('F1: a process killed while the log goes into the file leaves a store that opens, wherever that ended', async () => {
  await using folder = await aFolder()
  const [file, cut] = [folder.file('hookctl.db'), folder.file('cut.db')]
  const store = await open(file)
  const webhook = await withWebhook(store)
  const events = Array.from({length: 300}, () => anAcceptance(webhook))
  for (const event of events) await store.events.accept([event])
  const [before, log] = [readFileSync(file), readFileSync(`${file}-wal`)]
  const database = new DatabaseSync(file)
  database.exec('PRAGMA wal_checkpoint(PASSIVE)')
  database.close()
  const after = readFileSync(file)
  await store.close()
  expect(after.length).toBeGreaterThan(before.length)
  // Pages go over in their order: the first one tells of a file that is longer than what is there yet.
  for (const pages of [1, 2, before.length / 4096 + 1, after.length / 4096 - 1]) {
    const written = after.subarray(0, pages * 4096)
    writeFileSync(cut, Buffer.concat([written, before.subarray(written.length)]))
    writeFileSync(`${cut}-wal`, log)
    const again = await open(cut)
    for (const {event} of events) expect(await again.events.find(1, event.id)).not.toBeNull()
    await again.close()
    expect(integrityOf(cut)).toBe('ok')
  }
})

it('F11: processes that write at once lose nothing and are never told that the file is locked', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  // All of them find no file: each makes one, one of them wins.
  const children = ['a', 'b', 'c'].map(prefix => aChild({file, prefix, count: 150, lanes: 4}))
  const ends = await Promise.all(children.map(child => child.ended))
  expect(ends).toEqual(children.map(() => ({code: 0, errors: ''})))
  const store = await open(file)
  expect(await countsOf(store)).toEqual({pending: 450})
  expect(await store.webhooks.all(1)).toHaveLength(3)
  for (const id of children.flatMap(child => child.promised)) expect(await store.events.find(1, id)).not.toBeNull()
  await store.close()
  expect(integrityOf(file)).toBe('ok')
}, 30_000)

it('F11: a process that opens its store twice keeps its locks: nobody who comes and goes takes the log from under it', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  const store = await open(file)
  await store.history.add([aHistoryEntry({id: 'hst_first'})])
  const log = statSync(`${file}-wal`).ino
  // A second time, as a thread of its own does it, and as a look at the file does.
  await (await open(file)).close()
  inspectFile(file, migrations.length)
  const child = aChild({file, prefix: 'a', count: 3})
  expect(await child.ended).toEqual({code: 0, errors: ''})
  expect(statSync(`${file}-wal`).ino).toBe(log)
  await store.history.add([aHistoryEntry({id: 'hst_second'})])
  for (const id of child.promised) expect(await store.events.find(1, id)).not.toBeNull()
  const other = aChild({file, prefix: 'b', count: 3})
  await other.ended
  await store.close()
  const again = await open(file)
  for (const id of ['hst_first', 'hst_second']) expect(await again.history.find(1, id)).not.toBeNull()
  for (const id of other.promised) expect(await again.events.find(1, id)).not.toBeNull()
  await again.close()
  expect(integrityOf(file)).toBe('ok')
}, 30_000)

it('G7: the log does not grow without bound while somebody follows the feed', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  const [store, tail] = [await open(file), await open(file)]
  const webhook = await withWebhook(store)
  const body = {key: 'b', bytes: new Uint8Array(100_000)}
  for (let n = 0; n < 60; n++) {
    await store.events.accept(Array.from({length: 10}, () => ({...anAcceptance(webhook), bodies: [body]})))
    await tail.feed({organizationId: 1, cursor: null, limit: 1, kinds: ['history']})
    await tail.deliveries.due({
      now: NOON,
      limit: 1,
      perWebhook: 1,
      exceptWebhooks: [],
      restingWebhooks: [],
      except: new Set(),
    })
  }
  expect(readFileSync(`${file}-wal`).length).toBeLessThan(40_000_000)
  await Promise.all([store.close(), tail.close()])
})

describe('H1: on a full disk', () => {
  it('nothing is half accepted, reading goes on, and writing resumes by itself', async () => {
    await using folder = await aFolder()
    const file = folder.file('hookctl.db')
    await (await open(file)).close()
    const connection = connect(file, file)
    const store = assemble(connection)
    const webhook = await withWebhook(store)
    // What a disk does that has no page left, at a size of our choosing.
    const limitPages = (pages: number) => connection.database.exec(`PRAGMA max_page_count = ${pages}`)
    limitPages(Number(pragma(connection.database, 'page_count')) + 20)
    const big = () => ({...anAcceptance(webhook), bodies: [{key: 'b', bytes: new Uint8Array(50_000)}]})
    const calls = Array.from({length: 8}, () => [big(), big()])
    const outcomes = await Promise.allSettled(calls.map(call => store.events.accept(call)))
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({status: 'rejected', reason: {kind: 'unreachable', code: 'store_full'}})
    }
    expect(await countsOf(store)).toEqual({})
    expect((await store.events.list(1, {}, {limit: 10})).items).toEqual([])
    const small = await withDelivery(store, webhook)
    limitPages(1_000_000)
    await store.events.accept([big()])
    expect(await store.deliveries.find(1, small.id)).toEqual(small)
    expect(await countsOf(store)).toEqual({pending: 2})
    await store.close()
    expect(integrityOf(file)).toBe('ok')
  })
})
