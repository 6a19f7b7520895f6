import {spawn} from 'node:child_process'
import {createHash} from 'node:crypto'
import {once} from 'node:events'
import {chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {text} from 'node:stream/consumers'
import {fileURLToPath} from 'node:url'
import {describe, expect, it} from 'vitest'
import {openStore} from '../../../src/store/open.ts'
import {prepareFile} from '../../../src/store/sqlite/file.ts'
import {assertWalIsSafe} from '../../../src/store/sqlite/store.ts'
import {aHistoryEntry, NOON} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import {withDeletedWebhook} from '../conformance/setting.ts'
import {aFolder} from '../folder.ts'
import {aChild, aFinishedChild} from './process.ts'

const open = (file: string) => openStore(file, {now: () => NOON})
const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8)
const digest = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')

async function aStore(file: string): Promise<void> {
  const store = await open(file)
  await store.history.add([aHistoryEntry()])
  await store.close()
}

/** Changes a closed database behind our back. */
function tamper(file: string, sql: string): void {
  const database = new DatabaseSync(file)
  database.exec(sql)
  database.close()
}

describe('E4: a store', () => {
  it('keeps nothing of a deleted webhook that lets somebody in', async () => {
    await using folder = await aFolder()
    const file = folder.file('hookctl.db')
    const store = await open(file)
    await withDeletedWebhook(store, 'canary')
    await store.close()
    const database = new DatabaseSync(file, {readOnly: true})
    const rows = database.prepare('SELECT * FROM webhooks').all()
    database.close()
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain('canary')
  })
})

describe('E1: only its owner can read a store', () => {
  it.each(['000', '022', '077'])('under umask %s: folder, file, log and shared memory', async umask => {
    await using folder = await aFolder()
    const file = folder.file('state/hookctl/hookctl.db')
    const child = aChild({file, prefix: 'a', count: 0, umask})
    await child.after(1)
    const modes = readdirSync(path.dirname(file)).map(name => [name, modeOf(path.join(path.dirname(file), name))])
    expect(Object.fromEntries(modes)).toEqual({'hookctl.db': '600', 'hookctl.db-wal': '600', 'hookctl.db-shm': '600'})
    for (const made of ['state', 'state/hookctl']) expect(modeOf(folder.file(made))).toBe('700')
    child.kill()
    await child.ended
  })

  it('also when it had become readable by others', async () => {
    await using folder = await aFolder()
    const file = folder.file('hookctl.db')
    await aStore(file)
    chmodSync(file, 0o644)
    await aStore(file)
    expect(modeOf(file)).toBe('600')
  })

  it('and a folder that was there keeps its mode', async () => {
    await using folder = await aFolder()
    mkdirSync(folder.file('there'))
    chmodSync(folder.file('there'), 0o755)
    await aStore(folder.file('there/hookctl.db'))
    expect(modeOf(folder.file('there'))).toBe('755')
  })
})

describe('H3, H4: a file that is not a store of ours is refused and left as it is', () => {
  const strangers: Record<string, [code: string, make: (file: string) => void | Promise<void>]> = {
    'an empty file': ['store_foreign', file => writeFileSync(file, '')],
    'a text file': ['store_foreign', file => writeFileSync(file, 'SQLite is mentioned in here\n')],
    'a long text file': ['store_foreign', file => writeFileSync(file, 'x'.repeat(20_000))],
    'half a header': ['store_foreign', file => writeFileSync(file, 'SQLite format 3\0')],
    "another program's database": [
      'store_foreign',
      file => tamper(file, 'CREATE TABLE t (a); PRAGMA user_version = 1'),
    ],
    'an empty database': ['store_foreign', file => tamper(file, 'VACUUM')],
    'a newer schema': [
      'store_newer',
      async file => {
        await aStore(file)
        tamper(file, 'PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)')
      },
    ],
  }

  it.each(Object.entries(strangers))('%s', async (_name, [code, make]) => {
    await using folder = await aFolder()
    const file = folder.file('hookctl.db')
    await make(file)
    const before = digest(file)
    const refused = await refusal(open(file))
    expect(refused).toMatchObject({kind: 'unreachable', code})
    expect(refused.message).toContain(file)
    expect(refused.hint).toMatch(/left as it is/)
    expect(digest(file)).toBe(before)
    expect(readdirSync(path.dirname(file))).toEqual(['hookctl.db'])
  })

  it('a folder, and a place where nothing can be made', async () => {
    await using folder = await aFolder()
    mkdirSync(folder.file('folder'))
    expect(await refusal(open(folder.file('folder')))).toMatchObject({code: 'store_foreign'})
    writeFileSync(folder.file('file'), 'x')
    expect(await refusal(open(folder.file('file/hookctl.db')))).toMatchObject({code: 'store_denied'})
    expect(await refusal(open('/proc/hookctl/hookctl.db'))).toMatchObject({kind: 'unreachable', code: 'store_denied'})
  })
})

it('H3: a store deleted or replaced under a running process takes no more writes', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  const store = await open(file)
  await store.history.add([aHistoryEntry()])
  rmSync(file)
  expect(await refusal(store.history.add([aHistoryEntry()]))).toMatchObject({kind: 'unreachable', code: 'store_gone'})
  for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, {force: true})
  await aStore(file)
  expect(await refusal(store.events.accept([]))).toMatchObject({code: 'store_gone'})
  await store.close()
})

it.each(['-wal', '-shm'])('H3: where its %s was deleted, no more is accepted than what lasts', async suffix => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  const store = await open(file)
  await store.history.add([aHistoryEntry()])
  rmSync(file + suffix)
  const refused = await refusal(store.history.add([aHistoryEntry()]))
  expect(refused).toMatchObject({kind: 'unreachable', code: 'store_gone', hint: expect.stringContaining('good order')})
  await store.close()
  const again = await open(file)
  expect((await again.history.list(1, {}, {limit: 10})).items).toHaveLength(1)
  await again.history.add([aHistoryEntry()])
  await again.close()
})

it('H3: the log of a deleted store is not taken for that of the new one in its place', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  const child = aChild({file, prefix: 'a', count: 0})
  await child.after(20)
  child.kill()
  await child.ended
  rmSync(file)
  const store = await open(file)
  expect((await store.events.list(1, {}, {limit: 10})).items).toEqual([])
  await store.history.add([aHistoryEntry()])
  await store.close()
  expect(readdirSync(path.dirname(file)).toSorted()).toEqual([
    'hookctl.db',
    'hookctl.db-shm.left',
    'hookctl.db-wal.left',
  ])
})

it('leaves nothing beside the store after it was closed', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  await aStore(file)
  expect(readdirSync(path.dirname(file))).toEqual(['hookctl.db'])
  expect(existsSync(file)).toBe(true)
})

it('F11: keeps the store of a process that was faster in making it', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  let made: readonly string[] = []
  prepareFile(file, 1, database => {
    database.exec('CREATE TABLE too_late (a)')
    made = aFinishedChild({file, prefix: 'fast', count: 3})
  })
  const store = await open(file)
  expect(made).toHaveLength(3)
  for (const id of made) expect(await store.events.find(1, id)).toMatchObject({id})
  await store.close()
  expect(readdirSync(path.dirname(file))).toEqual(['hookctl.db'])
})

it('F11: processes that make a store at once where the log of a deleted one was left, all have it', async () => {
  await using folder = await aFolder()
  const files = Array.from({length: 150}, (_, index) => folder.file(`${index}.db`))
  for (const file of files) writeFileSync(`${file}-wal`, 'the log of a deleted store')
  const script = fileURLToPath(new URL('makes.ts', import.meta.url))
  const makers = Array.from({length: 4}, () => spawn(process.execPath, [script, ...files]))
  const ends = await Promise.all(
    makers.map(async maker => {
      const [errors, [code]] = await Promise.all([text(maker.stderr), once(maker, 'close')])
      return {code, errors}
    }),
  )
  expect(ends).toEqual(makers.map(() => ({code: 0, errors: ''})))
  const left = readdirSync(path.dirname(files[0]!)).toSorted()
  expect(left).toEqual(files.flatMap(file => [file, `${file}-wal.left`].map(each => path.basename(each))).toSorted())
})

it('begins with a clean draft where a process of the same number died while making one', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  writeFileSync(folder.file(`.hookctl.db.${process.pid}.new`), 'half')
  await aStore(file)
  expect(readdirSync(path.dirname(file))).toEqual(['hookctl.db'])
})

describe('F12: SQLite older than the fix of the WAL reset is refused', () => {
  it.each(['3.49.1', '3.51.2', '3.51.0', '3.7.0', '2.9.9', '0'])('%s', version => {
    expect(() => assertWalIsSafe(version)).toThrow(version)
  })
  it.each(['3.51.3', '3.52.0', '3.53.4', '4.0.0', process.versions.sqlite ?? ''])('but not %s', version => {
    expect(() => assertWalIsSafe(version)).not.toThrow()
  })
})
