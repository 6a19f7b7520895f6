import {chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import {describe, expect, it} from 'vitest'
import {careFor} from '../../../src/store/care.ts'
import {openJsonStore} from '../../../src/store/json/store.ts'
import {openStore} from '../../../src/store/open.ts'
import {migrations} from '../../../src/store/sqlite/migrations/index.ts'
import {aHistoryEntry, NOON} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import {aSmallDisk, mayMount} from '../../harness/small-disk.ts'
import {anAcceptance, bytesOf, withDelivery, withWebhook} from '../conformance/setting.ts'
import {conformance} from '../conformance.ts'
import {aFolder} from '../folder.ts'
import {aChild} from '../sqlite/process.ts'

const open = (file: string) => openStore(`json:${file}`, {now: () => NOON})
const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8)

conformance('json', async () => {
  const folder = await aFolder()
  const again = () => open(folder.file('hookctl.json'))
  const store = await again()
  return {
    store,
    again,
    async [Symbol.asyncDispose]() {
      await store.close()
      await folder[Symbol.asyncDispose]()
    },
  }
})

async function filled(file: string): Promise<void> {
  const store = await open(file)
  const webhook = await withWebhook(store, {id: 'wh_1', name: 'cmdb', secrets: []})
  await withDelivery(store, webhook, {id: 'dlv_1'}, {id: 'evt_1'})
  await store.close()
}

describe('the file of a json store', () => {
  it('is made to be read and compared: one value a line, JSON as JSON, nothing but what is there', async () => {
    await using folder = await aFolder()
    const file = folder.file('hookctl.json')
    await filled(file)
    const text = readFileSync(file, 'utf8')
    const {hookctl, schema, tables} = JSON.parse(text)
    expect([hookctl, schema]).toEqual(['store', migrations.length])
    expect(tables.webhooks).toMatchObject([{id: 'wh_1', name: 'cmdb', event_types: ['*'], policies: {zone: '+00:00'}}])
    expect(tables.bodies).toEqual([{seq: 1, bytes: {$text: '{}'}}])
    expect(tables.events).toMatchObject([{id: 'evt_1', data: {name: 'edge-7', nebula_ip: '10.42.0.7'}}])
    expect(Object.keys(tables)).not.toContain('delivery_counts')
    expect(text).toContain('\n        "name": "cmdb",\n')
    // A change of one value is a change of one line.
    const store = await open(file)
    const webhook = (await store.webhooks.all(1))[0]!
    await store.webhooks.replace({...webhook, description: 'new'}, aHistoryEntry(), {was: webhook})
    await store.close()
    const lines = new Set(text.split('\n'))
    const changed = readFileSync(file, 'utf8')
      .split('\n')
      .filter(line => !lines.has(line) && /description/.test(line))
    expect(changed).toEqual(['        "description": "new",'])
  })

  it('is the same text for the same state, and is not touched by who only reads', async () => {
    await using folder = await aFolder()
    const file = folder.file('hookctl.json')
    await filled(file)
    const before = [readFileSync(file, 'utf8'), statSync(file).ino]
    const store = await open(file)
    await store.webhooks.all(1)
    await store.close()
    expect([readFileSync(file, 'utf8'), statSync(file).ino]).toEqual(before)
  })

  it('gives back every text and every byte as it was', async () => {
    await using folder = await aFolder()
    const file = folder.file('hookctl.json')
    const store = await open(file)
    const texts = [
      '{"a":1.0,"b":12345678901234567890}',
      '[ 1]',
      '{"$text":"x"}',
      '{"$base64":"eA=="}',
      '"x"',
      '{"a":"\\u00e9\\ud800"}',
    ]
    const bodies = [Uint8Array.of(0, 255, 254), bytesOf('{"$text":1}'), bytesOf('\ufeffx\r\n'), new Uint8Array()]
    const webhook = await withWebhook(store)
    const made = []
    for (const [index, data] of texts.entries()) {
      const bytes = bodies[index % bodies.length]!
      const acceptance = {...anAcceptance(webhook, {}, {data: data as never}), bodies: [{key: 'b', bytes}]}
      await store.events.accept([acceptance])
      made.push({data, bytes, event: acceptance.event.id, delivery: acceptance.deliveries[0]!.delivery.id})
    }
    await store.close()
    const again = await open(file)
    for (const {data, bytes, event, delivery} of made) {
      expect((await again.events.find(1, event))?.data).toBe(data)
      expect(Buffer.from((await again.deliveries.body(delivery))!)).toEqual(Buffer.from(bytes))
    }
    await again.close()
  })

  it('leaves who sends out of it: a heartbeat is no change of the store', async () => {
    await using folder = await aFolder()
    const file = folder.file('hookctl.json')
    await filled(file)
    const before = readFileSync(file, 'utf8')
    const [store, other] = [await open(file), await open(file)]
    const owner = {bootId: 'b', pid: 1, host: 'h', since: NOON, heartbeatAt: NOON}
    expect(await store.worker.own(owner, 0, null)).toBe(true)
    expect(await other.worker.own({...owner, bootId: 'c'}, 0, null)).toBe(false)
    await store.worker.renew('b', NOON + 1000)
    expect(await other.worker.owner()).toMatchObject({bootId: 'b', heartbeatAt: NOON + 1000})
    expect(readFileSync(file, 'utf8')).toBe(before)
    await store.worker.release('b')
    expect(await other.worker.owner()).toBeNull()
    expect(existsSync(`${file}.owner`)).toBe(false)
    await Promise.all([store.close(), other.close()])
  })

  it.each(['000', '022', '077'])('E1: is for its user only, under umask %s', async umask => {
    await using folder = await aFolder()
    const file = folder.file('state/hookctl.json')
    const before = process.umask(Number.parseInt(umask, 8))
    try {
      const store = await open(file)
      await store.worker.own({bootId: 'b', pid: 1, host: 'h', since: NOON, heartbeatAt: NOON}, 0, null)
      const modes = readdirSync(path.dirname(file)).map(name => [name, modeOf(path.join(path.dirname(file), name))])
      expect(Object.fromEntries(modes)).toEqual({
        'hookctl.json': '600',
        'hookctl.json.lock': '600',
        'hookctl.json.owner': '600',
      })
      expect(modeOf(path.dirname(file))).toBe('700')
      await store.close()
      chmodSync(file, 0o644)
      await (await open(file)).close()
      expect(modeOf(file)).toBe('600')
    } finally {
      process.umask(before)
    }
  })
})

it('F1, F11: processes that write at once lose nothing, and neither does one that is killed', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.json')
  const children = ['a', 'b'].map(prefix => aChild({file: `json:${file}`, prefix, count: 60, lanes: 4}))
  const killed = aChild({file: `json:${file}`, prefix: 'k', count: 0, lanes: 4})
  await killed.after(40)
  killed.kill()
  const ends = await Promise.all(children.map(child => child.ended))
  expect(ends).toEqual(children.map(() => ({code: 0, errors: ''})))
  const store = await open(file)
  for (const id of [...children, killed].flatMap(child => child.promised)) {
    expect(await store.events.find(1, id)).toMatchObject({id})
  }
  await store.history.add([aHistoryEntry()])
  await store.close()
  expect(readdirSync(path.dirname(file)).filter(name => name.endsWith('.new')).length).toBeLessThanOrEqual(1)
}, 60_000)

describe('H2, H3: a file that cannot be read', () => {
  const texts: Record<string, [code: string, text: string, message: RegExp]> = {
    'an empty one': ['store_foreign', '', /it is empty/],
    'JSON of something else': ['store_foreign', '{"name": "x"}', /JSON of something else/],
    'a conflict of versions in it': [
      'store_corrupt',
      '{\n  "hookctl": "store",\n<<<<<<< HEAD\n  "schema": 1,\n',
      /line 3, column 1/,
    ],
    'a word without quotes in the middle': [
      'store_corrupt',
      '{\n  "hookctl": "store",\n  "schema": 1,\n  "tables": {"organizations": [{\n    "slug": acme,\n    "id": 1\n  }]}\n}\n',
      /not JSON at line 5, column 13: a text in double quotes/,
    ],
    'a table that is no list': [
      'store_corrupt',
      '{"hookctl": "store", "schema": 1,\n"tables": {\n"members": {}}}',
      /tables\/members \(line 3\) is not a list/,
    ],
    'a row that is no object': [
      'store_corrupt',
      '{"hookctl": "store", "schema": 1,\n"tables": {"members": [{},\n7]}}',
      /tables\/members\/1 \(line 3\) is not an object/,
    ],
    'cut off': ['store_corrupt', '{"hookctl": "store", "tables": {', /line 1, column 33/],
    'a table that is not known': [
      'store_corrupt',
      '{"hookctl":"store","schema":1,"tables":{"x":[]}}',
      /tables\/x \(line 1\): there is no table "x"/,
    ],
    'a column that is not known': [
      'store_corrupt',
      '{"hookctl":"store","schema":1,"tables":{"members":[{"x":1}]}}',
      /tables\/members\/0\/x \(line 1\): members have no "x"/,
    ],
    'a value of a wrong kind': [
      'store_corrupt',
      '{"hookctl":"store","schema":1,"tables":{"bodies":[{"seq":1,"bytes":7}]}}',
      /tables\/bodies\/0\/bytes \(line 1\): it is a whole number, and must be bytes/,
    ],
    'a newer schema': ['store_newer', '{"hookctl":"store","schema":99,"tables":{}}', /schema 99/],
  }

  it.each(Object.entries(texts))('%s, is refused and left as it is', async (_, [code, text, message]) => {
    await using folder = await aFolder()
    const file = folder.file('hookctl.json')
    writeFileSync(file, text)
    const refused = await refusal(open(file))
    expect(refused).toMatchObject({kind: 'unreachable', code, message: expect.stringMatching(message)})
    expect(refused.hint).toMatch(/left as it is/)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  it('and one that breaks while it is open: nothing is written over it', async () => {
    await using folder = await aFolder()
    const file = folder.file('hookctl.json')
    await filled(file)
    const store = await open(file)
    writeFileSync(file, '{"hookctl": ')
    expect(await refusal(store.webhooks.all(1))).toMatchObject({code: 'store_corrupt'})
    expect(await refusal(store.history.add([aHistoryEntry()]))).toMatchObject({code: 'store_corrupt'})
    expect(readFileSync(file, 'utf8')).toBe('{"hookctl": ')
    await store.close()
  })
})

it('H4: a file of an older schema is read, and written in the newest at the next change', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.json')
  const old = openJsonStore({file, now: () => NOON, migrations: migrations.slice(0, 1)})
  await old.close()
  expect(JSON.parse(readFileSync(file, 'utf8')).schema).toBe(1)
  const store = await open(file)
  await store.history.add([aHistoryEntry({id: 'hst_1'})])
  await store.close()
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    schema: migrations.length,
    tables: {history: [{id: 'hst_1'}]},
  })
})

it.runIf(mayMount)(
  'H1: what the disk does not take is not accepted, and writing goes on once there is room (on a tmpfs)',
  async () => {
    await using disk = aSmallDisk(256 * 1024)
    const file = path.join(disk.folder, 'hookctl.json')
    await filled(file)
    const before = readFileSync(file, 'utf8')
    const store = await open(file)
    writeFileSync(path.join(disk.folder, 'ballast'), new Uint8Array(180 * 1024))
    const big = () => aHistoryEntry({after: JSON.stringify('x'.repeat(100_000)) as never})
    const entry = big()
    expect(await refusal(store.history.add([entry]))).toMatchObject({kind: 'unreachable', code: 'store_full'})
    expect(await store.history.find(1, entry.id)).toBeNull()
    expect(readFileSync(file, 'utf8')).toBe(before)
    rmSync(path.join(disk.folder, 'ballast'))
    await store.history.add([entry])
    expect(readFileSync(file, 'utf8')).toContain(entry.id)
    await store.close()
  },
)

it('H6: store check, backup and restore know it', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.json')
  await filled(file)
  const care = await careFor(`json:${file}`)
  expect(await care.check({quick: false})).toMatchObject({problems: [], deliveries: 1})
  const copy = await care.backUp({to: folder.file('copy'), force: false, now: NOON})
  const store = await open(file)
  await store.history.add([aHistoryEntry({id: 'hst_later'})])
  await store.close()
  const {kept} = await care.restore(copy.file, {now: NOON})
  expect(readFileSync(kept as string, 'utf8')).toContain('hst_later')
  expect(readFileSync(file, 'utf8')).toBe(readFileSync(copy.file, 'utf8'))
  expect(await refusal(care.salvage(folder.file('x')))).toMatchObject({code: 'no_salvage'})
  writeFileSync(folder.file('broken'), '{')
  expect(await refusal(care.restore(folder.file('broken'), {now: NOON}))).toMatchObject({code: 'store_corrupt'})
})
