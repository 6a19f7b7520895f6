import {copyFileSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {DatabaseSync} from 'node:sqlite'
import {expect, it} from 'vitest'
import {HookctlError} from '../../../src/errors.ts'
import {openSqliteStore} from '../../../src/store/sqlite/store.ts'
import type {Store} from '../../../src/store/store.ts'
import {NOON} from '../../harness/factories.ts'
import {anAcceptance, anything, withWebhook} from '../conformance/setting.ts'
import {aFolder, type Folder} from '../folder.ts'

/** The same numbers every time (mulberry32): a failure can be looked at again. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** A store with bodies that are known by heart, half of its commits in the file and half in its log still. */
async function anImage(folder: Folder): Promise<Map<string, string>> {
  const file = folder.file('origin.db')
  const store = openSqliteStore({file, now: () => NOON})
  const webhook = await withWebhook(store)
  const bodies = new Map<string, string>()
  const fill = async () => {
    for (let n = 0; n < 30; n++) {
      const text = JSON.stringify({n, note: `${n}`.padStart(5, '-').repeat(100)})
      const acceptance = {...anAcceptance(webhook), bodies: [{key: 'b', bytes: Buffer.from(text)}]}
      await store.events.accept([acceptance])
      bodies.set(acceptance.deliveries[0]!.delivery.id, text)
    }
  }
  await fill()
  const database = new DatabaseSync(file)
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  database.close()
  await fill()
  for (const suffix of ['', '-wal']) copyFileSync(file + suffix, folder.file(`image.db${suffix}`))
  await store.close()
  return bodies
}

type Change = (bytes: Buffer, random: (below: number) => number) => void

const changes: readonly Change[] = [
  (bytes, random) => {
    const at = random(bytes.length)
    bytes[at] = (bytes[at] as number) ^ (1 << random(8))
  },
  (bytes, random) => {
    for (let n = 0; n < 20; n++) bytes[random(bytes.length)] = random(256)
  },
  (bytes, random) => {
    const page = random(Math.ceil(bytes.length / 4096))
    bytes.fill(0, page * 4096, (page + 1) * 4096)
  },
  (bytes, random) => {
    const at = random(Math.max(1, bytes.length - 4096))
    bytes.fill(random(256), at, at + 4096)
  },
]

const isSaid = (error: unknown): boolean =>
  error instanceof HookctlError &&
  error.kind === 'unreachable' &&
  /^store_(?:corrupt|foreign|newer|unsupported|denied|failed|refused)$/.test(error.code)

/** What of the bodies can be read is what was written; all else is refused in words. Answers whether it was refused. */
async function look(open: () => Store, bodies: ReadonlyMap<string, string>): Promise<boolean> {
  let store: Store | undefined
  try {
    store = open()
    let isRefused = false
    const asked = async (question: () => Promise<Uint8Array | null>, expected: string) => {
      try {
        const found = await question()
        if (found !== null) expect(Buffer.from(found).toString()).toBe(expected)
      } catch (error) {
        if (!isSaid(error)) throw error
        isRefused = true
      }
    }
    for (const [id, text] of bodies) await asked(() => (store as Store).deliveries.body(id), text)
    try {
      for (const {delivery, body} of await store.deliveries.due({...anything})) {
        if (bodies.has(delivery.id)) expect(Buffer.from(body).toString()).toBe(bodies.get(delivery.id))
      }
      await store.deliveries.list(1, {}, {limit: 100})
    } catch (error) {
      if (!isSaid(error)) throw error
      isRefused = true
    }
    return isRefused
  } catch (error) {
    if (!isSaid(error)) throw error
    return true
  } finally {
    await store?.close().catch(() => {})
  }
}

it('H2: of 200 stores with damage somewhere in file or log, each works with right bodies or says that it is damaged', async () => {
  await using folder = await aFolder()
  const bodies = await anImage(folder)
  const random = randomFrom(20_260_703)
  const image = {'': readFileSync(folder.file('image.db')), '-wal': readFileSync(folder.file('image.db-wal'))}
  let refused = 0
  for (let n = 0; n < 200; n++) {
    const file = folder.file('damaged.db')
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, {force: true})
    for (const suffix of ['', '-wal'] as const) {
      const bytes = Buffer.from(image[suffix])
      if ((n % 2 === 0) === (suffix === '')) changes[Math.floor(n / 2) % changes.length]!(bytes, random)
      writeFileSync(file + suffix, bytes)
    }
    // As a server starts, which looks through the file first, and as a command does.
    const examine = n % 4 < 2
    if (await look(() => openSqliteStore({file, now: () => NOON, examine}), bodies)) refused++
  }
  expect(refused).toBeGreaterThan(20)
  console.log(`figure H2: 200 damaged stores, ${refused} refused, 0 crashes, 0 wrong bodies`)
}, 60_000)
