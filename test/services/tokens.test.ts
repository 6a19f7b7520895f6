import {randomBytes} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {authenticateDigest} from '../../src/services/authenticate.ts'
import {newToken, tokenDigest} from '../../src/services/token-text.ts'
import {NOON} from '../harness/factories.ts'
import {aCaller, aProduct, refusal} from '../harness/product.ts'
import {aFolder} from '../store/folder.ts'

const organization = 'default'

test("D4: a token stands for its member, with the member's role of this moment", async () => {
  await using product = await aProduct()
  await product.ask('member.create', {organization, user: 'bob', email: 'bob@example.com'})
  const {value} = await product.ask('token.create', {organization, name: 'laptop', user: 'bob', scopes: ['read']})
  expect(await authenticateDigest(product.deps, tokenDigest(value))).toEqual({
    actor: {kind: 'user', name: 'bob', email: 'bob@example.com'},
    role: 'member',
    scopes: ['read'],
    via: 'api',
    organizationId: 1,
    credential: tokenDigest(value),
  })
  await product.ask('member.edit', {organization, user: 'bob', role: 'admin'})
  expect((await authenticateDigest(product.deps, tokenDigest(value)))?.role).toBe('admin')
})

test.each([
  ['read', 'member'],
  ['ingest', 'member'],
  ['admin', 'admin'],
] as const)('a machine with the scope %s is never more than %s', async (scope, role) => {
  await using product = await aProduct()
  const {token, value} = await product.ask('token.create', {organization, name: 'ci', scopes: [scope]})
  const caller = await authenticateDigest(product.deps, tokenDigest(value))
  expect(caller).toMatchObject({actor: {kind: 'token', name: 'ci', id: token.id}, role, scopes: [scope]})
})

test('D4: a token that is revoked, has expired, or whose member is gone, is nobody from that moment on', async () => {
  await using product = await aProduct()
  await product.ask('member.create', {organization, user: 'bob'})
  let seed = 0
  const made = async (input: {name: string; user?: string; expiresInMs?: number}) => {
    Object.assign(product.deps, {randomBytes: (length: number) => Buffer.alloc(length, ++seed)})
    return (await product.ask('token.create', {organization, ...input})).value
  }
  const revoked = await made({name: 'revoked'})
  const expired = await made({name: 'expired', expiresInMs: 1000})
  const his = await made({name: 'his', user: 'bob'})
  for (const value of [revoked, expired, his])
    expect(await authenticateDigest(product.deps, tokenDigest(value))).not.toBeNull()
  await product.ask('token.revoke', {organization, token: 'revoked'})
  await product.ask('member.delete', {organization, user: 'bob'})
  product.clock.now += 999
  expect(await authenticateDigest(product.deps, tokenDigest(expired))).not.toBeNull()
  product.clock.now += 1
  for (const value of [revoked, expired, his])
    expect(await authenticateDigest(product.deps, tokenDigest(value))).toBeNull()
})

test('D4: 10,000 wrong tokens are nobody, and so is what is no token', async () => {
  await using product = await aProduct()
  const {value} = await product.ask('token.create', {organization, name: 'ci'})
  for (let n = 0; n < 10_000; n++)
    expect(await authenticateDigest(product.deps, tokenDigest(newToken(randomBytes)))).toBeNull()
  for (const text of ['', value.slice(0, -1), value.toLowerCase(), `${value} `, `Bearer ${value}`]) {
    expect(await authenticateDigest(product.deps, tokenDigest(text))).toBeNull()
  }
})

test('D4: neither the file of the store nor any answer or history row holds a token', async () => {
  await using folder = await aFolder()
  const file = folder.file('store.db')
  let value: string
  {
    await using product = await aProduct(file)
    await product.ask('member.create', {organization, user: 'bob'})
    const made = await product.ask('token.create', {organization, name: 'ci', user: 'bob', scopes: ['admin']})
    value = made.value
    await authenticateDigest(product.deps, tokenDigest(value))
    const shown = [
      made.token,
      await product.ask('token.list', {organization}),
      await product.ask('history.list', {organization}),
      await product.ask('event.list', {organization}),
    ]
    expect(JSON.stringify(shown)).not.toContain(value.slice(4, 20))
    const dump = ['', '-wal'].map(end => readFileSync(`${file}${end}`).toString('latin1')).join('')
    expect(dump).toContain('bob')
    expect(dump).not.toContain(value.slice(4, 20))
  }
  expect(readFileSync(file).toString('latin1')).not.toContain(value.slice(4, 20))
})

test('when a token was used last is known to the minute', async () => {
  await using product = await aProduct()
  const {value} = await product.ask('token.create', {organization, name: 'ci'})
  const used = async () => {
    await authenticateDigest(product.deps, tokenDigest(value))
    return (await product.ask('token.show', {organization, token: 'ci'})).lastUsedAt
  }
  expect(await used()).toBe(new Date(NOON).toISOString())
  product.clock.now += 59_999
  expect(await used()).toBe(new Date(NOON).toISOString())
  product.clock.now += 1
  expect(await used()).toBe(new Date(NOON + 60_000).toISOString())
})

test('nobody makes a token that may more than they may themselves', async () => {
  await using product = await aProduct()
  await product.ask('member.create', {organization, user: 'boss', role: 'owner'})
  const admin = aCaller({role: 'admin'})
  const refused = await refusal(product.ask('token.create', {organization, name: 't', user: 'boss'}, admin))
  expect(refused).toMatchObject({kind: 'not_allowed', code: 'role_too_high'})
  await product.ask('token.create', {organization, name: 't', user: 'boss'})
  await product.ask('token.revoke', {organization, token: 't'}, admin)
})

test('making and ending a token are in the history, with everything but its value', async () => {
  await using product = await aProduct()
  const {token} = await product.ask('token.create', {organization, name: 'ci', scopes: ['ingest'], expiresInMs: 1000})
  await product.ask('token.revoke', {organization, token: 'ci'})
  const {items} = await product.ask('history.list', {organization, objectType: ['Token']})
  const shown = {name: 'ci', user: null, scopes: ['ingest'], expiresAt: new Date(NOON + 1000).toISOString()}
  expect(items).toMatchObject([
    {change: 'deleted', object: {id: token.id, name: 'ci'}, actor: {name: 'anna'}, before: shown, after: null},
    {change: 'created', object: {id: token.id, name: 'ci'}, actor: {name: 'anna'}, before: null, after: shown},
  ])
})

test('a token typed in place of a name is not repeated in the answer', async () => {
  await using product = await aProduct()
  const value = newToken(randomBytes)
  const refused = await refusal(product.ask('token.show', {organization, token: value}))
  expect(refused.message).toBe('no token that')
})
