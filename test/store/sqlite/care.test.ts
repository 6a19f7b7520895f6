import {chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import {DatabaseSync} from 'node:sqlite'
import {describe, expect, it} from 'vitest'
import {careFor} from '../../../src/store/care.ts'
import {openStore} from '../../../src/store/open.ts'
import type {Store} from '../../../src/store/store.ts'
import {aHistoryEntry, NOON} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import {anAcceptance, bytesOf, countsOf, withDelivery, withWebhook} from '../conformance/setting.ts'
import {aFolder} from '../folder.ts'
import {aChild} from './process.ts'

const open = (file: string) => openStore(file, {now: () => NOON})
const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8)
const asItIs = {to: null, force: false, now: NOON}

/** Runs SQL on a closed store behind our back; answers the first value. */
function sql(file: string, text: string): unknown {
  const database = new DatabaseSync(file)
  try {
    return Object.values(database.prepare(text).get() ?? {})[0]
  } finally {
    database.close()
  }
}

async function filled(file: string, deliveries = 3): Promise<readonly string[]> {
  const store = await open(file)
  const webhook = await withWebhook(store)
  const ids: string[] = []
  for (let n = 0; n < deliveries; n++) ids.push((await withDelivery(store, webhook)).id)
  await store.close()
  return ids
}

describe('H6: a backup', () => {
  it('made under load opens, is sound and holds every event accepted before it began: 20 of 20', async () => {
    await using folder = await aFolder()
    const file = folder.file('hookctl.db')
    const care = await careFor(file)
    const before: string[] = []
    for (let n = 0; n < 20; n++) {
      // Each has a load of its own, over before the copy is looked through: one that went on would outgrow the looking.
      const child = aChild({file, prefix: `load${n}`, count: 0, lanes: 8})
      await child.after(40)
      before.push(...child.promised)
      const copied = await care.backUp({...asItIs, to: folder.file(`${n}.backup`)})
      child.kill()
      await child.ended
      expect(sql(copied.file, 'PRAGMA integrity_check')).toBe('ok')
      const store = await open(copied.file)
      for (const id of before) expect(await store.events.find(1, id)).toMatchObject({id})
      await store.close()
    }
    console.log('figure H6: 20 backups under load, each sound and complete')
  }, 60_000)

  it('has the time in its name, and replaces no file unless told to', async () => {
    await using folder = await aFolder()
    const file = folder.file('hookctl.db')
    await filled(file)
    const care = await careFor(`sqlite:${file}`)
    const copied = await care.backUp(asItIs)
    expect(copied).toMatchObject({file: `${file}.2026-07-03T120000Z.backup`, schema: expect.any(Number)})
    expect(await refusal(care.backUp(asItIs))).toMatchObject({kind: 'conflict', code: 'backup_exists'})
    expect(await refusal(care.backUp({...asItIs, to: file, force: true}))).toMatchObject({code: 'backup_exists'})
    const tooLong = {...asItIs, to: path.join(path.dirname(file), 'x'.repeat(300))}
    expect(await refusal(care.backUp(tooLong))).toMatchObject({kind: 'unreachable', code: 'store_denied'})
    await care.backUp({...asItIs, force: true})
    expect(readdirSync(path.dirname(file)).toSorted()).toEqual(['hookctl.db', path.basename(copied.file)])
  })

  it('of a damaged store is not kept, and of none nothing is made', async () => {
    await using folder = await aFolder()
    const file = folder.file('hookctl.db')
    const care = await careFor(file)
    expect(await refusal(care.backUp(asItIs))).toMatchObject({kind: 'not_found', code: 'store_not_found'})
    await filled(file, 40)
    damage(file)
    expect(await refusal(care.backUp(asItIs))).toMatchObject({code: expect.stringMatching(/damaged|corrupt/)})
    expect(readdirSync(path.dirname(file)).filter(name => name !== 'hookctl.db' && !/-(wal|shm)$/.test(name))).toEqual(
      [],
    )
  })
})

describe('E1: only its owner can read', () => {
  it.each(['000', '022', '077'])('a backup and what a restore leaves, under umask %s', async umask => {
    await using folder = await aFolder()
    const file = folder.file('hookctl.db')
    await filled(file)
    const before = process.umask(Number.parseInt(umask, 8))
    try {
      const care = await careFor(file)
      const {file: copy} = await care.backUp({...asItIs, to: folder.file('backups/one')})
      expect([modeOf(copy), modeOf(path.dirname(copy))]).toEqual(['600', '700'])
      const {kept} = await care.restore(copy, {now: NOON})
      const saved = await care.salvage(folder.file('saved.db'))
      expect([file, kept as string, saved.file].map(modeOf)).toEqual(['600', '600', '600'])
    } finally {
      process.umask(before)
    }
  })
})

const PAGE = 4096

/** Overwrites a page in the middle of the file, but for its first bytes: the tree still leads there. */
function damage(file: string): void {
  const bytes = readFileSync(file)
  const page = PAGE * Math.floor(bytes.length / PAGE / 2)
  for (let at = page; at < bytes.length - PAGE; at += PAGE) bytes.fill(0xa5, at, at + PAGE / 2)
  writeFileSync(file, bytes)
}

describe('H2: a check', () => {
  it('tells of no damage where the store could only not be opened', async () => {
    await using folder = await aFolder()
    const file = folder.file('hookctl.db')
    await (await openStore(`sqlite:${file}`, {now: Date.now})).close()
    // As on a read-only disk: no log can be made.
    mkdirSync(`${file}-wal`)
    expect(await refusal((await careFor(file)).check({quick: true}))).toMatchObject({code: 'store_denied'})
  })

  it('finds a store that is sound to be so, also while others write', async () => {
    await using folder = await aFolder()
    const file = folder.file('hookctl.db')
    const child = aChild({file, prefix: 'a', count: 0, lanes: 4})
    await child.after(20)
    const care = await careFor(file)
    for (const quick of [true, false]) expect(await care.check({quick})).toMatchObject({problems: []})
    child.kill()
    await child.ended
  })

  it('finds damaged pages and changes nothing', async () => {
    await using folder = await aFolder()
    const file = folder.file('hookctl.db')
    await filled(file, 40)
    damage(file)
    const before = readFileSync(file)
    const {problems} = await (await careFor(file)).check({quick: false})
    expect(problems).toContainEqual({kind: 'pages', detail: expect.any(String)})
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it('finds kept counts that are wrong, and sets them right when asked to', async () => {
    await using folder = await aFolder()
    const file = folder.file('hookctl.db')
    await filled(file)
    sql(file, "UPDATE delivery_counts SET n = 7 WHERE state = 'pending' RETURNING n")
    const care = await careFor(file)
    const {problems} = await care.check({quick: true})
    expect(problems).toEqual([{kind: 'counts', detail: expect.stringMatching(/^3 deliveries .* counted are 7$/)}])
    expect(await care.recount()).toBe(1)
    expect((await care.check({quick: true})).problems).toEqual([])
    const store = await open(file)
    expect(await countsOf(store)).toEqual({pending: 3})
    await store.close()
  })

  it('finds deliveries whose event or body is not there', async () => {
    await using folder = await aFolder()
    const file = folder.file('hookctl.db')
    await filled(file)
    sql(file, 'DELETE FROM events WHERE seq = 1 RETURNING seq')
    sql(file, 'DELETE FROM bodies WHERE seq = 2 RETURNING seq')
    const {problems} = await (await careFor(file)).check({quick: true})
    expect(problems.map(({kind}) => kind)).toEqual(['references', 'bodies'])
  })
})

describe('H2: what can be read of a damaged store', () => {
  it('is saved into a new store that is sound; the damaged one stays', async () => {
    await using folder = await aFolder()
    const [file, to] = [folder.file('hookctl.db'), folder.file('saved.db')]
    const store = await open(file)
    const webhook = await withWebhook(store)
    const ids: string[] = []
    for (let n = 0; n < 200; n++) {
      const acceptance = {...anAcceptance(webhook), bodies: [{key: 'b', bytes: bytesOf(`${n}`.repeat(1000))}]}
      await store.events.accept([acceptance])
      ids.push(acceptance.event.id)
    }
    await store.close()
    damagePageOf(file, 'bodies')
    const before = readFileSync(file)
    const care = await careFor(file)
    expect((await care.check({quick: false})).problems).not.toEqual([])
    const saved = await care.salvage(to)
    expect(saved.rows).toBeGreaterThan(500)
    expect(saved.tables).toContainEqual(expect.objectContaining({table: 'bodies', damaged: true}))
    expect(readFileSync(file).equals(before)).toBe(true)
    expect((await (await careFor(to)).check({quick: false})).problems).toEqual([])
    const salvaged = await open(to)
    for (const id of ids) expect(await salvaged.events.find(1, id)).toMatchObject({id})
    const {pending = 0, failed = 0} = await countsOf(salvaged)
    // What lost its body would be sent empty: it is given up instead, for a replay to render anew.
    expect([pending + failed, failed > 0, pending > 150]).toEqual([200, true, true])
    await salvaged.close()
    expect(await refusal(care.salvage(to))).toMatchObject({kind: 'conflict', code: 'file_exists'})
  })
})

/** Overwrites one leaf of a table, so that its neighbours can only be found from the other side. */
function damagePageOf(file: string, table: string): void {
  const database = new DatabaseSync(file)
  const root = Number(database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table)?.rootpage)
  database.close()
  const bytes = readFileSync(file)
  const at = (root - 1) * PAGE
  // The third child of the root (sqlite.org/fileformat.html#b_tree_pages: 12 bytes of header, then cell pointers).
  const cell = bytes.readUInt16BE(at + 12 + 2 * 2)
  const child = bytes.readUInt32BE(at + cell)
  bytes.fill(0xa5, (child - 1) * PAGE, child * PAGE)
  writeFileSync(file, bytes)
}

describe('H6: a restore', () => {
  async function backedUp(folder: Awaited<ReturnType<typeof aFolder>>) {
    const file = folder.file('hookctl.db')
    const ids = await filled(file)
    const care = await careFor(file)
    const {file: copy} = await care.backUp({...asItIs, to: folder.file('copy')})
    return {file, ids, care, copy}
  }

  it('puts the backup in the place of the store, which stays beside it', async () => {
    await using folder = await aFolder()
    const {file, ids, care, copy} = await backedUp(folder)
    const later = await open(file)
    await later.history.add([aHistoryEntry({id: 'hst_later'})])
    await later.worker.own({bootId: 'b', pid: 1, host: 'gone', since: NOON, heartbeatAt: NOON}, 0, null)
    await later.close()
    const {kept} = await care.restore(copy, {now: NOON})
    expect(kept).toBe(`${file}.2026-07-03T120000Z.replaced`)
    const store = await open(file)
    expect(await store.history.find(1, 'hst_later')).toBeNull()
    for (const id of ids) expect(await store.deliveries.find(1, id)).not.toBeNull()
    expect(await store.worker.owner()).toBeNull()
    await store.history.add([aHistoryEntry()])
    await store.close()
    const old = await open(kept as string)
    expect(await old.history.find(1, 'hst_later')).not.toBeNull()
    await old.close()
    expect(readdirSync(path.dirname(file)).toSorted()).toEqual(['copy', 'hookctl.db', path.basename(kept as string)])
  })

  it('also where there is no store', async () => {
    await using folder = await aFolder()
    const {copy, ids} = await backedUp(folder)
    const fresh = folder.file('new/hookctl.db')
    expect(await (await careFor(fresh)).restore(copy, {now: NOON})).toMatchObject({kept: null})
    const store = await open(fresh)
    expect(await store.deliveries.find(1, ids[0] as string)).not.toBeNull()
    await store.close()
  })

  it('is refused while somebody has the store open, and changes nothing', async () => {
    await using folder = await aFolder()
    const {file, care, copy} = await backedUp(folder)
    const store = await open(file)
    await store.worker.own({bootId: 'b', pid: 4711, host: 'here', since: NOON, heartbeatAt: NOON}, 0, null)
    const refused = await refusal(care.restore(copy, {now: NOON}))
    expect(refused).toMatchObject({kind: 'conflict', code: 'store_in_use', message: expect.stringContaining('4711')})
    await store.history.add([aHistoryEntry()])
    await store.close()
    expect(readdirSync(path.dirname(file)).toSorted()).toEqual(['copy', 'hookctl.db'])
  })

  it('refuses what is no sound store of ours, and changes nothing', async () => {
    await using folder = await aFolder()
    const {file, care, copy} = await backedUp(folder)
    await filled(copy, 40)
    damage(copy)
    writeFileSync(folder.file('text'), 'not a database')
    const before = readFileSync(file)
    expect(await refusal(care.restore(copy, {now: NOON}))).toMatchObject({kind: 'unreachable'})
    expect(await refusal(care.restore(folder.file('text'), {now: NOON}))).toMatchObject({code: 'store_foreign'})
    expect(await refusal(care.restore(folder.file('no'), {now: NOON}))).toMatchObject({code: 'backup_not_found'})
    expect(await refusal(care.restore(file, {now: NOON}))).toMatchObject({code: 'backup_in_place'})
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it('replaces a store that is damaged, and keeps it with its log', async () => {
    await using folder = await aFolder()
    const {file, care, copy, ids} = await backedUp(folder)
    writeFileSync(file, Buffer.concat([readFileSync(file).subarray(0, 100), Buffer.alloc(50_000, 0xa5)]))
    writeFileSync(`${file}-wal`, 'what was left of the log')
    const {kept} = await care.restore(copy, {now: NOON})
    expect(existsSync(kept as string)).toBe(true)
    const store = await open(file)
    expect(await store.deliveries.find(1, ids[0] as string)).not.toBeNull()
    await store.close()
  })
})

it('H3: a writer that waited for its turn while the store was replaced is told, and writes nowhere', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  await filled(file)
  const store: Store = await open(file)
  mkdirSync(folder.file('away'))
  chmodSync(folder.file('away'), 0o700)
  const {renameSync} = await import('node:fs')
  renameSync(file, folder.file('away/hookctl.db'))
  expect(await refusal(store.history.add([aHistoryEntry()]))).toMatchObject({code: 'store_gone'})
  await store.close()
})
