import {afterAll, beforeAll} from 'vitest'
import {openStore} from '../../../src/store/open.ts'
import {NOON} from '../../harness/factories.ts'
import {type PostgresServer, startPostgres} from '../../harness/postgres.ts'
import {conformance} from '../conformance.ts'

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres()
}, 60_000)
afterAll(() => server[Symbol.asyncDispose](), 60_000)

conformance('postgres', async () => {
  const url = await server.database()
  const open = () => openStore(url, {now: () => NOON})
  const store = await open()
  return {
    store,
    again: open,
    [Symbol.asyncDispose]: () => store.close(),
  }
})
