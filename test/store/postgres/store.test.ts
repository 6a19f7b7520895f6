import {afterAll, beforeAll} from 'vitest'
import {openStore} from '../../../src/store/open.ts'
import {NOON} from '../../harness/factories.ts'
import {type PostgresServer, startPostgres} from '../../harness/postgres.ts'
import {conformance} from '../conformance.ts'

let server: PostgresServer
let empty = ''

const open = (url: string) => openStore(url, {now: () => NOON})

beforeAll(async () => {
  server = await startPostgres()
  const first = await server.database()
  // Copied for each test: to make it anew takes as long as most of them.
  await (await open(first)).close()
  empty = new URL(first).pathname.slice(1)
}, 60_000)
afterAll(() => server[Symbol.asyncDispose](), 60_000)

conformance('postgres', async () => {
  const url = await server.database(`TEMPLATE ${empty}`)
  const store = await open(url)
  return {
    store,
    again: () => open(url),
    [Symbol.asyncDispose]: () => store.close(),
  }
})
