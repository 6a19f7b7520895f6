import {describe, expect, it, test} from 'vitest'
import type {OAuth} from '../../src/domain/oauth.ts'
import type {Webhook} from '../../src/domain/webhook.ts'
import {anOAuth, somePolicies} from '../harness/factories.ts'
import {answers, type Receiver} from '../harness/receiver.ts'
import {aWorkshop, type Workshop} from './workshop.ts'

const MINUTE = 60_000

const given = (token: string, more: object = {}) =>
  answers.status(200, {
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify({access_token: token, token_type: 'Bearer', expires_in: 3600, ...more}),
  })

interface Place {
  readonly issuer: Receiver
  readonly receiver: Receiver
  webhook(oauth?: Partial<OAuth>, changes?: Partial<Webhook>): Promise<Webhook>
}

/** An authorization server that gives `one`, and a receiver. */
async function aPlace(shop: Workshop): Promise<Place> {
  const [issuer, receiver] = [await shop.receiver(), await shop.receiver()]
  issuer.otherwise(given('one'))
  return {
    issuer,
    receiver,
    webhook: (oauth, changes) =>
      shop.webhook({url: receiver.url, oauth: anOAuth({tokenUrl: `${issuer.url}/token`, ...oauth}), ...changes}),
  }
}

async function sendingWorker(shop: Workshop) {
  const worker = shop.worker()
  await worker.start()
  await worker.drained()
  return worker
}

const authorizations = (receiver: Receiver) => receiver.requests.map(request => request.header('authorization'))

describe('the token of deliveries', () => {
  it('is asked for by client credentials, and goes along with each of them, signed all the same', async () => {
    await using shop = await aWorkshop()
    const {issuer, receiver, webhook} = await aPlace(shop)
    await shop.owe(await webhook({scope: 'hooks:write b', audience: 'https://cmdb'}), 20)
    await sendingWorker(shop)

    const [asked, ...more] = issuer.requests
    expect(more).toEqual([])
    expect(`${asked!.method} ${asked!.path} ${asked!.body}`).toBe(
      'POST /token grant_type=client_credentials&scope=hooks%3Awrite+b&audience=https%3A%2F%2Fcmdb',
    )
    expect(asked!.header('content-type')).toBe('application/x-www-form-urlencoded')
    expect(asked!.header('authorization')).toBe(`Basic ${Buffer.from('client:client-secret').toString('base64')}`)
    expect(authorizations(receiver)).toEqual(Array.from({length: 20}, () => 'Bearer one'))
  })

  // RFC 6749, section 2.3.1: both are encoded like the fields of a form before they are put together.
  it('is asked for with an id and a secret of any characters', async () => {
    await using shop = await aWorkshop()
    const {issuer, webhook} = await aPlace(shop)
    await shop.owe(await webhook({clientId: 'a b:c', clientSecret: 'p%:é+'}))
    await sendingWorker(shop)
    const [, basic = ''] = issuer.requests[0]!.header('authorization')!.split(' ')
    expect(Buffer.from(basic, 'base64').toString()).toBe('a+b%3Ac:p%25%3A%C3%A9%2B')
  })

  it('is asked for with the secret in the body, where the server wants it there', async () => {
    await using shop = await aWorkshop()
    const {issuer, webhook} = await aPlace(shop)
    await shop.owe(await webhook({authMethod: 'client_secret_post'}))
    await sendingWorker(shop)
    const [asked] = issuer.requests
    expect(String(asked!.body)).toBe('grant_type=client_credentials&client_id=client&client_secret=client-secret')
    expect(asked!.header('authorization')).toBeUndefined()
  })

  it('is asked for anew shortly before it ends, whatever way its life is written', async () => {
    await using shop = await aWorkshop()
    const {issuer, receiver, webhook} = await aPlace(shop)
    issuer.next(given('one', {expires_in: '600'}), given('two', {expires_in: 60}), given('three', {expires_in: null}))
    const worker = await sendingWorker(shop)
    const ops = await webhook()
    // 30 seconds before the end of ten minutes; a tenth of one minute; five minutes where none is told.
    for (const ms of [0, 569_000, 2000, 53_000, 2000, 269_000, 2000]) {
      await shop.pass(worker, ms)
      await shop.owe(ops)
      await worker.drained()
    }
    const tokens = ['one', 'one', 'two', 'two', 'three', 'three', 'one']
    expect(authorizations(receiver)).toEqual(tokens.map(token => `Bearer ${token}`))
  })

  it('is one for all webhooks with the same credentials, and another one for others', async () => {
    await using shop = await aWorkshop()
    const {issuer, webhook} = await aPlace(shop)
    const ways = [{}, {}, {scope: 'b'}, {clientSecret: 'another'}, {audience: 'c'}]
    for (const way of ways) await shop.owe(await webhook(way))
    await sendingWorker(shop)
    expect(issuer.requests).toHaveLength(4)
  })

  it('takes the place of every other authorization, and is masked where it is recorded', async () => {
    await using shop = await aWorkshop()
    const {receiver, webhook} = await aPlace(shop)
    const [owed] = await shop.owe(await webhook({}, {headers: [['authorization', 'Basic other']]}))
    await sendingWorker(shop)
    expect(receiver.requests[0]!.headers.filter(([name]) => /^authorization$/i.test(name))).toEqual([
      ['Authorization', 'Bearer one'],
    ])
    const [attempt] = await shop.store.deliveries.attempts(owed!.id)
    expect(attempt!.requestHeaders).toContainEqual(['Authorization', '***'])
  })

  it('A10: is asked for over TLS that is verified, also where the receiver’s is not', async () => {
    await using shop = await aWorkshop()
    const {receiver, webhook} = await aPlace(shop)
    const issuer = await shop.receiver({tls: true})
    const policies = somePolicies({tls: {verify: false, caFile: null}})
    const [owed] = await shop.owe(await webhook({tokenUrl: `${issuer.url}/token`}, {policies}))
    await sendingWorker(shop)
    expect(issuer.requests).toEqual([])
    expect(receiver.requests).toEqual([])
    const [attempt] = await shop.store.deliveries.attempts(owed!.id)
    expect(attempt).toMatchObject({errorClass: 'oauth', error: expect.stringMatching(/^no token: TLS with .* failed/)})
  })
})

describe('a token that the receiver does not take', () => {
  it('and that was good is replaced at once, and the delivery sent again', async () => {
    await using shop = await aWorkshop()
    const {issuer, receiver, webhook} = await aPlace(shop)
    const worker = await sendingWorker(shop)
    const ops = await webhook()
    await shop.owe(ops)
    await worker.drained()
    await shop.pass(worker, MINUTE)
    issuer.otherwise(given('two'))
    receiver.next(answers.status(401))
    const [owed] = await shop.owe(ops)
    await worker.drained()
    expect(authorizations(receiver)).toEqual(['Bearer one', 'Bearer one', 'Bearer two'])
    expect(await shop.delivery(owed!.id)).toMatchObject({state: 'delivered', attempts: 1})
  })

  it('and has just been given is not: the attempt has failed with 401, and the server is not asked for ever', async () => {
    await using shop = await aWorkshop()
    const {issuer, receiver, webhook} = await aPlace(shop)
    receiver.otherwise(answers.status(401))
    const [owed] = await shop.owe(await webhook())
    const worker = await sendingWorker(shop)
    expect(await shop.delivery(owed!.id)).toMatchObject({state: 'pending', lastStatus: 401})
    await shop.pass(worker, 1000)
    await shop.pass(worker, 2000)
    expect(await shop.delivery(owed!.id)).toMatchObject({state: 'failed', attempts: 3})
    expect(receiver.requests).toHaveLength(3)
    expect(issuer.requests).toHaveLength(1)
  })
})

describe('where there is no token', () => {
  const json = {headers: {'Content-Type': 'application/json'}}
  const wordy = JSON.stringify({error: 'x'.repeat(5000), error_description: 'y'.repeat(5000)})
  const refusal = JSON.stringify({error: 'invalid_client', error_description: 'unknown client'})

  test.each([
    ['a refusal', answers.status(401, {...json, body: refusal}), / answered 401 invalid_client \(unknown client\)$/],
    ['a refusal of many words', answers.status(400, {...json, body: wordy}), / answered 400 x{200} \(y{200}\)$/],
    ['a refusal without words', answers.status(503), / answered 503$/],
    ['a way to another place', answers.status(302, {headers: {Location: '/x'}}), / answered 302$/],
    ['no JSON', answers.status(200, {body: '<html>'}), /: there is none in the answer of /],
    ['nothing at all', answers.status(200, {body: 'null'}), /: there is none in the answer of /],
    ['a list', answers.status(200, {body: '[]'}), /: there is none in the answer of /],
    ['a token that no header carries', given('a\nb'), /: there is none in the answer of /],
    ['a token of another kind', given('x', {token_type: 'DPoP'}), / is no bearer token/],
    ['a kind that is no text', given('x', {token_type: {}}), / is no bearer token/],
    ['more than a token', given('x', {more: 'x'.repeat(20_000)}), / is longer than any token$/],
  ] as const)('%s is told in the attempt, and the receiver is not asked', async (_, answer, error) => {
    await using shop = await aWorkshop()
    const {issuer, receiver, webhook} = await aPlace(shop)
    issuer.next(answer)
    const [owed] = await shop.owe(await webhook())
    const worker = await sendingWorker(shop)
    expect(receiver.requests).toEqual([])
    const [attempt] = await shop.store.deliveries.attempts(owed!.id)
    // What the authorization server answered is not the receiver's answer.
    expect(attempt).toMatchObject({
      ...{errorClass: 'oauth', error: expect.stringMatching(error), url: receiver.url},
      ...{status: null, responseHeaders: [], responseBytes: 0, remoteAddress: null, requestHeaders: []},
    })
    expect(attempt!.error).toMatch(/^no token: /)
    await shop.pass(worker, 1000)
    await shop.pass(worker, 11_000)
    expect(await shop.delivery(owed!.id)).toMatchObject({state: 'delivered', attempts: 3})
  })

  it('a server that gave none is left alone for ten seconds, however much is due', async () => {
    await using shop = await aWorkshop()
    const {issuer, receiver, webhook} = await aPlace(shop)
    issuer.otherwise(answers.status(500))
    const ops = await webhook({}, {policies: somePolicies({retry: {kind: 'manual'}})})
    const worker = await sendingWorker(shop)
    await shop.owe(ops, 2)
    await worker.drained()
    await shop.pass(worker, 9000)
    await shop.owe(ops)
    await worker.drained()
    expect(issuer.requests).toHaveLength(1)
    await shop.pass(worker, 2000)
    await shop.owe(ops)
    await worker.drained()
    expect(issuer.requests).toHaveLength(2)
    expect(receiver.requests).toEqual([])
  })

  it('because the worker was stopped, nothing is recorded and nobody waits', async () => {
    await using shop = await aWorkshop()
    const {issuer, webhook} = await aPlace(shop)
    issuer.otherwise(answers.silent())
    const [owed] = await shop.owe(await webhook())
    const worker = shop.worker()
    await worker.start()
    await issuer.received(1)
    await worker.stop({graceMs: 0})
    expect(await shop.delivery(owed!.id)).toMatchObject({state: 'pending', attempts: 0})
  })
})
