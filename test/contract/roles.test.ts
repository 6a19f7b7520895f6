import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {z} from 'zod'
import type {Operation} from '../../src/api/operation.ts'
import {type OperationName, operations} from '../../src/api/operations.ts'
import {createApp} from '../../src/server/app.ts'
import {adminAuth, anyAuth} from '../../src/server/auth.ts'
import {fromServices, storedAuth} from '../../src/server/from-services.ts'
import type {Deps} from '../../src/services/deps.ts'
import {newToken} from '../../src/services/token-text.ts'
import {aProduct, type Product} from '../harness/product.ts'

/** Every operation of the table, asked over HTTP by everybody there is: who may, and what the others are told. */

const names = Object.keys(operations) as OperationName[]
const table: Readonly<Record<string, Operation>> = operations

/** What a token of organization A may do there, by its role and scopes. */
const holders = {
  owner: {role: 'owner', scopes: ['read', 'ingest', 'admin']},
  admin: {role: 'admin', scopes: ['read', 'ingest', 'admin']},
  member: {role: 'member', scopes: ['read', 'ingest', 'admin']},
  'machine with admin': {role: null, scopes: ['admin']},
  'machine with ingest': {role: null, scopes: ['ingest']},
  'machine with read': {role: null, scopes: ['read']},
} as const

type Holder = keyof typeof holders

/** Written down here once more, so that a row of the table that is wrong is seen. */
const ownerOnly = ['org.create', 'org.delete']
const everywhere = ['org.create', 'worker.enable', 'worker.disable', 'store.info', 'store.prune', 'store.compact']
/** What a source of events does: it says what happened, and reads nothing. */
const ingest = ['event.send', 'event.sendMany', 'event.import', 'object.apply', 'object.delete']
/** These look and change nothing, although they are asked with a POST. */
const looks: readonly OperationName[] = [
  'webhook.verify',
  'event.render',
  'event.why',
  'platform.render',
  'eventType.check',
  'web.code',
  'replay.preview',
]
const reads = [...names.filter(name => table[name]?.method === 'GET' && !name.startsWith('token.')), ...looks]

function mayCall(holder: Holder, name: OperationName): boolean {
  const {role, scopes} = holders[holder]
  if (everywhere.includes(name)) return false
  if (ingest.includes(name)) return scopes.some(scope => scope === 'ingest' || scope === 'admin')
  if (reads.includes(name)) return scopes.some(scope => scope === 'read' || scope === 'admin')
  if (!scopes.some(scope => scope === 'admin') || role === 'member') return false
  return !ownerOnly.includes(name) || role === 'owner'
}

interface House {
  readonly product: Product
  readonly tokens: Readonly<Record<Holder | 'foreign' | 'revoked' | 'expired' | 'former' | 'installation', string>>
  ask(token: string, name: OperationName, organization: string): Promise<{status: number; code: string | undefined}>
}

let house: House

beforeAll(async () => {
  house = await aHouse()
})
afterAll(() => house.product[Symbol.asyncDispose]())

async function aHouse(): Promise<House> {
  const product = await aProduct()
  let seed = 0
  // Each token its own: the product's randomness is always the same.
  const deps: Deps = {...product.deps, randomBytes: length => Buffer.alloc(length, ++seed)}
  const own = newToken(() => Buffer.alloc(32, 255))
  const app = createApp({...fromServices(deps), auth: anyAuth(adminAuth(own), storedAuth(deps))})
  const request = async (token: string, method: string, path: string, body?: object) =>
    app.fetch(
      new Request(`http://127.0.0.1${path}`, {
        method,
        headers: {authorization: `Bearer ${token}`, ...(body && {'content-type': 'application/json'})},
        ...(body && {body: JSON.stringify(body)}),
      }),
    )
  const make = async (organization: string, input: object): Promise<string> => {
    const answer = await request(own, 'POST', `/v1/organizations/${organization}/tokens`, input)
    return ((await answer.json()) as {value: string}).value
  }
  for (const slug of ['a', 'b']) await request(own, 'POST', '/v1/organizations', {slug})
  for (const user of ['owner', 'admin', 'member', 'former']) {
    await request(own, 'POST', '/v1/organizations/a/members', {user, role: user === 'former' ? 'owner' : user})
  }
  const tokens: Record<string, string> = {installation: own}
  for (const [name, {role, scopes}] of Object.entries(holders)) {
    tokens[name] = await make('a', {name, scopes, ...(role && {user: role})})
  }
  const all = ['read', 'ingest', 'admin']
  tokens.foreign = await make('b', {name: 'foreign', scopes: all})
  tokens.revoked = await make('a', {name: 'revoked', user: 'owner', scopes: all})
  tokens.expired = await make('a', {name: 'expired', user: 'owner', scopes: all, expiresInMs: 1000})
  tokens.former = await make('a', {name: 'former', user: 'former', scopes: all})
  product.clock.now += 1000
  await request(own, 'DELETE', '/v1/organizations/a/tokens/revoked')
  await request(own, 'DELETE', '/v1/organizations/a/members/former')
  return {
    product,
    tokens: tokens as House['tokens'],
    async ask(token, name, organization) {
      const {method, path} = table[name] as Operation
      // Input that says nothing: who is let in is told that, and nothing is ever changed.
      const url = path.replace(':organization', organization).replace(/:\w+/g, 'nothing-of-that-name')
      const hasBody = method === 'POST' || method === 'PATCH'
      const answer = await request(
        token,
        method,
        `${url}${hasBody ? '' : '?nonsense=1'}`,
        hasBody ? {nonsense: 1} : undefined,
      )
      return {status: answer.status, code: ((await answer.json()) as {code?: string}).code}
    },
  }
}

describe.each(Object.keys(holders) as Holder[])('CAT-02 CAT-03 CAT-29: the token of %s', holder => {
  test.each(names)('for %s', async name => {
    const {status, code} = await house.ask(house.tokens[holder], name, 'a')
    if (mayCall(holder, name)) expect([status, code]).toEqual([422, 'invalid_input'])
    else
      expect([status, code]).toEqual([403, expect.stringMatching(/^(scope_missing|role_missing|organization_bound)$/)])
  })
})

describe("the token of the server itself, and the command line without one, stand for the installation's owner", () => {
  test.each(names)('for %s', async name => {
    expect(await house.ask(house.tokens.installation, name, 'a')).toEqual({status: 422, code: 'invalid_input'})
  })
})

describe.each(['revoked', 'expired', 'former'] as const)('D4: a %s token', which => {
  test.each(names)('is nobody to %s', async name => {
    expect(await house.ask(house.tokens[which], name, 'a')).toEqual({status: 401, code: 'token_invalid'})
  })
})

describe('the token of another organization', () => {
  const within = names.filter(name => (table[name] as Operation).path.includes(':organization'))

  test('every operation is within an organization, the same for all, or for the whole installation', () => {
    const free = names.filter(name => !within.includes(name) && !everywhere.includes(name))
    // Nothing of an organization is in their answers; what org.list and worker.queues show is looked at below.
    expect(free.filter(name => table[name]?.role !== 'member')).toEqual([])
  })

  test.each(within)('for %s learns what it would learn of an organization that is not there', async name => {
    const input = least((table[name] as Operation).input) as object
    const asked = async (slug: string) => {
      const caller = await ownerOf('b')
      return house.product.askRaw(name, {...input, organization: slug}, caller).then(
        answer => ({answer}),
        error => ({code: error.code, message: error.message.replace(`"${slug}"`, '…'), hint: error.hint}),
      )
    }
    const refused = await asked('a')
    expect(refused).toEqual(await asked('nobody'))
    expect(refused).toMatchObject({code: 'organization_not_found', hint: 'there is b'})
  })

  test('sees its own organization in the list, and no other', async () => {
    const answer = await house.product.ask('org.list', {}, await ownerOf('b'))
    expect(answer).toMatchObject({items: [{slug: 'b'}], next: null})
  })

  test.each(['a', 'nobody'])('cannot follow what happens in %s', async organization => {
    const {deps} = house.product
    const {invokeStream} = await import('../../src/services/invoke.ts')
    const question = {organization, cursor: null, kinds: ['history'] as const}
    const items = invokeStream(deps, question, await ownerOf('b'), AbortSignal.timeout(5000))
    await expect(items.next()).rejects.toMatchObject({code: 'organization_not_found'})
  })
})

const ownerOf = async (slug: string) => ({
  actor: {kind: 'user', name: 'bea'} as const,
  role: 'owner' as const,
  scopes: ['read', 'ingest', 'admin'] as const,
  organizationId: (await house.product.deps.store.organizations.bySlug(slug))?.id ?? 0,
  via: 'api' as const,
})

/** The least that a schema takes, so that the input is read to its end. */
function least(schema: z.ZodType): unknown {
  const {type, shape, element, options, entries, format, out} = schema.def as {
    readonly type: string
    readonly shape?: Readonly<Record<string, z.ZodType>>
    readonly element?: z.ZodType
    readonly options?: readonly z.ZodType[]
    readonly entries?: Readonly<Record<string, string>>
    readonly format?: string
    readonly out?: z.ZodType
  }
  const sorts: Readonly<Record<string, () => unknown>> = {
    object: () =>
      Object.fromEntries(
        Object.entries(shape ?? {}).flatMap(([name, member]) =>
          member.safeParse(undefined).success ? [] : [[name, least(member)]],
        ),
      ),
    array: () => [least(element as z.ZodType)],
    union: () => least((options ?? [])[0] as z.ZodType),
    pipe: () => least(out as z.ZodType),
    enum: () => Object.values(entries ?? {})[0],
    number: () => 1,
    boolean: () => true,
    string: () => (format === 'base64' ? '' : 'x'),
  }
  return (sorts[type] ?? (() => null))()
}
