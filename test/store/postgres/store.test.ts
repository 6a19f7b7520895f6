import {afterAll, beforeAll} from 'vitest'
import {openStore} from '../../../src/store/open.ts'
import {NOON} from '../../harness/factories.ts'
import {type EmptiedDatabase, emptiedDatabase, type PostgresServer, startPostgres} from '../../harness/postgres.ts'
import {conformance} from '../conformance.ts'

let server: PostgresServer
let database: EmptiedDatabase

const open = (url: string) => openStore(url, {now: () => NOON})

beforeAll(async () => {
  server = await startPostgres()
  const url = await server.database()
  await (await open(url)).close()
  database = await emptiedDatabase(url)
}, 60_000)
afterAll(async () => {
  await database.end()
  await server[Symbol.asyncDispose]()
}, 60_000)

conformance('postgres', async () => {
  const {url} = database
  await database.empty()
  const store = await open(url)
  return {
    store,
    again: () => open(url),
    [Symbol.asyncDispose]: () => store.close(),
  }
})
