import {existsSync} from 'node:fs'
import path from 'node:path'
import {expect, it} from 'vitest'
import {openStore} from '../../src/store/open.ts'
import {migrations} from '../../src/store/sqlite/migrations/index.ts'
import {anOrganization, NOON} from '../harness/factories.ts'
import {refusal} from '../harness/product.ts'
import {aFolder} from './folder.ts'

const open = (location: string) => openStore(location, {now: () => NOON})

it.each(['mysql:x.db', 'mysql:x', 'https://example.org/x.db'])(
  'refuses %s and says which kinds of store there are',
  async location => {
    const refused = await refusal(open(location))
    expect(refused).toMatchObject({kind: 'usage', code: 'unknown_store'})
    expect(refused.message).toContain(location.slice(0, location.indexOf(':') + 1))
    expect(refused.hint).toMatch(/sqlite:.*memory:/)
  },
)

it.each(['', 'sqlite:', 'memory:x', 'sqlite:a\0b'])('refuses the location %j', async location => {
  expect(await refusal(open(location))).toMatchObject({kind: 'usage', code: 'bad_store'})
})

it('takes a path alone, with or without sqlite: before it, for the same store', async () => {
  await using folder = await aFolder()
  const file = folder.file('a b/c?d#e%20.db')
  for (const location of [file, `sqlite:${file}`, `SQLite:${file}`, path.relative(process.cwd(), file)]) {
    const store = await open(location)
    expect(await store.describe()).toMatchObject({backend: 'sqlite', location: file})
    await store.close()
  }
  expect(existsSync(file)).toBe(true)
})

it('keeps stores in memory apart', async () => {
  const [a, b] = [await open('memory:'), await open('memory:')]
  await a.organizations.add(anOrganization(), null)
  expect(await b.organizations.bySlug('acme')).toBeNull()
  expect(await a.describe()).toEqual({backend: 'memory', location: 'memory:', schema: migrations.length, bytes: null})
  await Promise.all([a.close(), b.close()])
})
