import {randomBytes} from 'node:crypto'
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {careFor} from '../../src/store/care.ts'
import {migrateStore} from '../../src/store/copy/copy.ts'
import {openStore} from '../../src/store/open.ts'
import {NOON} from '../harness/factories.ts'
import {type PostgresServer, startPostgres} from '../harness/postgres.ts'
import {refusal} from '../harness/product.ts'
import {withDelivery, withWebhook} from './conformance/setting.ts'
import {fill} from './copying.ts'
import {aFolder, type Folder} from './folder.ts'

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres()
}, 60_000)
afterAll(() => server[Symbol.asyncDispose](), 60_000)

const place = async (kind: string, folder: Folder, name: string): Promise<string> =>
  kind === 'postgres' ? server.database() : `${kind}:${folder.file(name)}`

describe('store migrate of a json: store', () => {
  test.each(['sqlite', 'postgres', 'json'])(
    'goes to %s and back: every table has the same rows and digests',
    async kind => {
      await using folder = await aFolder()
      const [first, last] = [`json:${folder.file('a.json')}`, `json:${folder.file('b.json')}`]
      const middle = await place(kind, folder, 'middle')
      const id = await fill(first)
      const there = await migrateStore(first, middle, NOON)
      const back = await migrateStore(middle, last, NOON)
      // What a text leaves out is not compared: check sums of bodies, and the counts.
      const kept = ({tables}: typeof there) =>
        tables.filter(({table}) => !['bodies', 'delivery_counts'].includes(table))
      expect(kept(back)).toEqual(kept(there))
      expect(kept(there).map(({table}) => table)).toEqual(expect.arrayContaining(['webhooks', 'attempts', 'feed']))
      const texts = [first, last].map(each => readFileSync(each.replace('json:', ''), 'utf8'))
      const version = /"webhook_version": \d+/
      expect(texts[1]?.replace(version, '')).toBe(texts[0]?.replace(version, ''))
      for (const location of [middle, last]) {
        const store = await openStore(location, {now: () => NOON})
        expect((await store.deliveries.find(1, id))?.state).toBe('delivered')
        expect(await store.worker.enabled()).toBe(false)
        const more = await withDelivery(store, await withWebhook(store))
        expect((await store.deliveries.find(1, more.id))?.state).toBe('pending')
        await store.close()
        if (kind !== 'postgres')
          expect(await (await careFor(location)).check({quick: false})).toMatchObject({problems: []})
      }
    },
  )

  test('H2: what it brings to SQLite has a check sum beside every body', async () => {
    await using folder = await aFolder()
    const [from, to] = [`json:${folder.file('a.json')}`, `sqlite:${folder.file('b.db')}`]
    await fill(from)
    await migrateStore(from, to, NOON)
    const {DatabaseSync} = await import('node:sqlite')
    const database = new DatabaseSync(folder.file('b.db'))
    expect(database.prepare('SELECT count(*) AS n, count(crc) AS summed FROM bodies').get()).toEqual({n: 2, summed: 2})
    database.close()
  })

  test('E: secrets that are encrypted stay so, under the same key', async () => {
    await using folder = await aFolder()
    const key = randomBytes(32).toString('base64')
    const [first, text, last] = ['a.db', 'b.json', 'c.db'].map(name => folder.file(name)) as [string, string, string]
    await fill(`sqlite:${first}`, key)
    await migrateStore(`sqlite:${first}`, `json:${text}`, NOON)
    await migrateStore(`json:${text}`, `sqlite:${last}`, NOON)
    expect(readFileSync(text, 'utf8')).not.toContain('test-webhook-secret')
    for (const location of [`json:${text}`, `sqlite:${last}`]) {
      expect(await refusal(openStore(location, {now: () => NOON}))).toMatchObject({code: 'secret_key_missing'})
      const store = await openStore(location, {now: () => NOON, secretKey: key})
      expect((await store.webhooks.all(1))[0]?.secrets).toMatchObject([{value: 'test-webhook-secret'}])
      await store.close()
    }
  })

  test('is refused while somebody sends from it, and into a file that is there', async () => {
    await using folder = await aFolder()
    const [from, to] = [`json:${folder.file('a.json')}`, `json:${folder.file('b.json')}`]
    await fill(from)
    const store = await openStore(from, {now: Date.now})
    const at = Date.now()
    await store.worker.own({bootId: 'b', pid: process.pid, host: 'here', since: at, heartbeatAt: at}, 0, null)
    expect(await refusal(migrateStore(from, to, NOON))).toMatchObject({kind: 'conflict', code: 'store_in_use'})
    await store.worker.release('b')
    await store.close()
    writeFileSync(folder.file('b.json'), 'mine')
    const refused = await refusal(migrateStore(from, to, NOON))
    expect(refused).toMatchObject({kind: 'conflict', message: `there is a file ${folder.file('b.json')} already`})
    expect(readFileSync(folder.file('b.json'), 'utf8')).toBe('mine')
  })

  test('H2: one that cannot be read is refused, and nothing is made', async () => {
    await using folder = await aFolder()
    writeFileSync(folder.file('a.json'), '{"hookctl": "store",')
    const refused = await refusal(migrateStore(`json:${folder.file('a.json')}`, `sqlite:${folder.file('b.db')}`, NOON))
    expect(refused).toMatchObject({kind: 'unreachable', code: 'store_corrupt'})
    expect(await refusal(migrateStore(`json:${folder.file('c.json')}`, 'json:d', NOON))).toMatchObject({
      code: 'store_not_found',
    })
    expect(readdirSync(folder.file(''))).toEqual(['a.json'])
  })

  test('a store too large for one text is copied, with a word about it', async () => {
    await using folder = await aFolder()
    const from = `sqlite:${folder.file('a.db')}`
    const store = await openStore(from, {now: () => NOON})
    const webhook = await withWebhook(store)
    for (let number = 0; number < 501; number++) await withDelivery(store, webhook)
    await store.close()
    const {warnings} = await migrateStore(from, `json:${folder.file('b.json')}`, NOON)
    expect(warnings).toEqual([expect.stringMatching(/holds 1003 objects .* meant for about 1000/)])
    expect(existsSync(folder.file('b.json'))).toBe(true)
  })
})
