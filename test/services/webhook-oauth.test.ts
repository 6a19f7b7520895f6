import {describe, expect, test} from 'vitest'
import type {Input} from '../../src/api/operations.ts'
import {aProduct, type Product, refusal} from '../harness/product.ts'

const organization = 'default'
const base: Input<'webhook.create'> = {
  organization,
  name: 'ops',
  platform: 'netbox',
  url: 'https://example.com/in',
  eventTypes: ['*'],
}
const whole = {tokenUrl: 'https://login.example.com/token', clientId: 'hookctl', clientSecret: 'canary-client-secret'}

const made = async (product: Product, oauth: NonNullable<Input<'webhook.create'>['oauth']> = whole) =>
  (await product.ask('webhook.create', {...base, oauth})).webhook
const edited = (product: Product, input: Omit<Input<'webhook.edit'>, 'organization' | 'webhook'>) =>
  product.ask('webhook.edit', {organization, webhook: 'ops', ...input})
const refused = (product: Product, input: Partial<Input<'webhook.create'>>) =>
  refusal(product.ask('webhook.create', {...base, ...input}))

describe('what a token is asked for with', () => {
  test('E4: is shown with a fingerprint in place of the secret, and credentials in the URL masked', async () => {
    await using product = await aProduct()
    const webhook = await made(product, {...whole, tokenUrl: 'https://LOGIN.example.com/token?key=canary-key'})
    expect(webhook.oauth).toEqual({
      ...{tokenUrl: 'https://login.example.com/token?key=***', clientId: 'hookctl', secretFingerprint: 'be04fcf6'},
      ...{scope: null, audience: null, authMethod: 'client_secret_basic'},
    })
    const told = [webhook, await product.ask('history.list', {organization})]
    expect(JSON.stringify(told)).not.toContain('canary')
  })

  test('is edited member by member, and taken away as a whole', async () => {
    await using product = await aProduct()
    const {oauth} = await made(product, {...whole, scope: 'a b'})
    expect((await edited(product, {oauth: {audience: 'cmdb', scope: null}})).oauth).toEqual({
      ...oauth,
      ...{audience: 'cmdb', scope: null},
    })
    const other = await edited(product, {oauth: {clientSecret: ' another '}})
    expect(other.oauth?.secretFingerprint).not.toBe(oauth?.secretFingerprint)
    expect((await product.deps.store.webhooks.find(1, 'ops'))?.oauth?.clientSecret).toBe('another')
    expect((await edited(product, {description: 'x'})).oauth).toEqual(other.oauth)
    expect((await edited(product, {oauth: null})).oauth).toBe(null)
    const again = await refusal(edited(product, {oauth: {scope: 'c'}}))
    expect(again).toMatchObject({code: 'oauth_incomplete', path: 'oauth/tokenUrl'})
  })

  test('that lacks something is refused with all that it lacks', async () => {
    await using product = await aProduct()
    expect(await refused(product, {oauth: {scope: 'a'}})).toMatchObject({
      ...{kind: 'usage', code: 'oauth_incomplete', path: 'oauth/tokenUrl'},
      message: 'a token cannot be asked for without the token URL, the client id and the client secret',
    })
    const {clientSecret: _, ...rest} = whole
    expect(await refused(product, {oauth: rest})).toMatchObject({
      path: 'oauth/clientSecret',
      message: 'a token cannot be asked for without the client secret',
    })
  })

  test.each([
    ['http://login.example.com/token', 'https_only', /https:\/\/ only, not to http:\/\/login\.example\.com/],
    ['http://127.example.com/token', 'https_only', /https:\/\/ only/],
    ['login.example.com/token', 'bad_scheme', /^token URL: .*https:\/\//],
    ['https://a:b@login.example.com/', 'userinfo', /^token URL: /],
  ])('A10: a token URL %s is refused', async (tokenUrl, code, message) => {
    await using product = await aProduct()
    expect(await refused(product, {oauth: {...whole, tokenUrl}})).toMatchObject({
      ...{kind: 'usage', code, path: 'oauth/tokenUrl', message: expect.stringMatching(message)},
    })
  })

  test.each(['http://127.0.0.1:8080/token', 'http://[::1]:8080/token', 'http://localhost:8080/token'])(
    'is asked of this very machine without TLS, as in %s',
    async tokenUrl => {
      await using product = await aProduct()
      expect((await made(product, {...whole, tokenUrl})).oauth?.tokenUrl).toBe(tokenUrl)
    },
  )

  test('is asked over http:// for tests', async () => {
    await using product = await aProduct()
    const oauth = {...whole, tokenUrl: 'http://login.example.com/token'}
    const {webhook} = await product.ask('webhook.create', {...base, oauth, policies: {allowHttp: true}})
    expect(webhook.oauth?.tokenUrl).toBe(oauth.tokenUrl)
    expect(await refusal(edited(product, {policies: {allowHttp: false}}))).toMatchObject({code: 'https_only'})
  })

  test('does not go beside an Authorization of one’s own', async () => {
    await using product = await aProduct()
    const headers = [
      {name: 'X-A', value: '1'},
      {name: 'authorization', value: 'Bearer canary'},
    ]
    const error = await refused(product, {oauth: whole, headers})
    expect(error).toMatchObject({code: 'reserved_header', path: 'headers/1/name'})
    expect(error.message).not.toContain('canary')
    const settings = {headerLines: 'X-A: 1\nauthorization : Bearer {{ canary }}'}
    expect(await refused(product, {oauth: whole, settings})).toMatchObject({path: 'settings/headerLines'})
    await product.ask('webhook.create', {...base, oauth: whole, settings: {headerLines: 'X-Authorization: 1'}})
  })

  test('A2: is not asked of what the target policy forbids', async () => {
    await using product = await aProduct()
    const tokenUrl = 'https://169.254.169.254/token'
    expect(await refused(product, {oauth: {...whole, tokenUrl}})).toMatchObject({
      ...{code: 'target_denied', path: 'oauth/tokenUrl'},
    })
    await made(product)
    expect(await refusal(edited(product, {oauth: {tokenUrl}}))).toMatchObject({code: 'target_denied'})
  })
})
