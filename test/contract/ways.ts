import type {Client} from '../../src/client/client.ts'
import {createHttpClient} from '../../src/client/http.ts'
import {createLocalClient} from '../../src/client/local.ts'
import {createApp} from '../../src/server/app.ts'
import {adminAuth} from '../../src/server/auth.ts'
import {fromServices} from '../../src/server/from-services.ts'
import {startServer} from '../../src/server/serve.ts'
import type {Deps} from '../../src/services/deps.ts'
import {newToken, tokenDigest} from '../../src/services/token-text.ts'
import {openStore} from '../../src/store/open.ts'
import {openTargets} from '../harness/product.ts'
import {admin} from '../server/setup.ts'

export interface Way extends AsyncDisposable {
  readonly client: Client
  readonly deps: Deps
}

/** Clock, ids and randomness are the same on every way, so that the same questions have the same answers. */
async function sameDeps(): Promise<Deps> {
  let count = 0
  const start = Date.parse('2026-07-03T12:00:00Z')
  const now = () => start + count
  return {
    store: await openStore('memory:', {now}),
    now,
    newId: prefix => `${prefix}_${(++count).toString(16).padStart(32, '0')}`,
    newUuid: () => '00000000-0000-4000-8000-000000000001',
    randomBytes: length => new Uint8Array(length).fill(7),
    version: '1.2.3',
    targets: openTargets,
    web: {newCode: () => ({code: 'a-code', expiresAt: start + 60_000})},
  }
}

const token = newToken(length => new Uint8Array(length).fill(9))

const appOver = (deps: Deps) => createApp({...fromServices(deps), auth: adminAuth(token)})

/** Every way to ask the product. */
export const ways: Readonly<Record<string, () => Promise<Way>>> = {
  async 'in this process'() {
    const deps = await sameDeps()
    const client = createLocalClient(
      deps,
      {...admin, credential: tokenDigest(token)},
      {location: 'memory:', sender: null},
    )
    return {client, deps, [Symbol.asyncDispose]: () => client.close()}
  },
  async 'over a socket'() {
    const deps = await sameDeps()
    const server = await startServer({app: appOver(deps), listen: {host: '127.0.0.1', port: 0}, file: null})
    return {
      client: createHttpClient({url: server.url, token}),
      deps,
      async [Symbol.asyncDispose]() {
        await server.close(0)
        await deps.store.close()
      },
    }
  },
  async 'through app.fetch'() {
    const deps = await sameDeps()
    const app = appOver(deps)
    const client = createHttpClient({
      url: 'http://127.0.0.1',
      token,
      fetch: async request => app.fetch(request as Request),
    })
    return {client, deps, [Symbol.asyncDispose]: () => deps.store.close()}
  },
}
