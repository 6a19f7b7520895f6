import {expect, test} from 'vitest'
import {type Policies, type SignaturePolicy, signatureSchemes} from '../../src/domain/policy.ts'
import {SCHEME_NAMES} from '../../src/signature/schemes.ts'
import {aHistoryEntry, aSecret, aWebhook, NOON, somePolicies} from '../harness/factories.ts'
import {aProduct, type Product, refusal} from '../harness/product.ts'

const organization = 'default'
const body = Buffer.from('{"a": 1}').toString('base64')
const at = NOON / 1000

async function withWebhook(
  signature: Policies['signature'],
  secrets = [aSecret({value: 'test-webhook-secret'})],
): Promise<Product> {
  const product = await aProduct()
  await product.deps.store.webhooks.add(
    aWebhook({name: 'a', policies: somePolicies({signature}), secrets}),
    aHistoryEntry(),
  )
  return product
}

const sign = (product: Product) => product.ask('webhook.sign', {organization, webhook: 'a', body})
const verify = (product: Product, headers: {name: string; value: string}[], more = {}) =>
  product.ask('webhook.verify', {organization, webhook: 'a', body, headers, ...more})

test('V01: a body is signed with the secret of a webhook', async () => {
  await using product = await withWebhook({scheme: 'netbox'})
  expect(await sign(product)).toEqual({
    scheme: 'netbox',
    headers: [
      {
        name: 'X-Hook-Signature',
        value:
          '6a72aac275cd649da7ef9ce0f6d4ccb1f5e7362b05697593deb476e764b4f413a2f83490dfe4b628267cceaec13c92db01315912258d4803c4d6c9137fed663b',
      },
    ],
  })
})

const ofTextSecret = signatureSchemes.filter(scheme => scheme !== 'hmac' && !scheme.startsWith('standard'))

test('a webhook and a source can have every scheme that means one recipe', () => {
  expect([...signatureSchemes, 'standard'].toSorted()).toEqual(SCHEME_NAMES.toSorted())
})

test.each<SignaturePolicy>([
  {scheme: 'netbox', header: 'X-Sig', algorithm: 'sha256', encoding: 'base64', prefix: 'v='},
  ...ofTextSecret.map(scheme => ({scheme})),
  {scheme: 'hmac', header: 'X-Sig', algorithm: 'sha256', prefix: 't={timestamp},v1=', signed: '{timestamp}.{body}'},
])('what a webhook signs with $scheme it verifies, and a tampered body it does not', async signature => {
  await using product = await withWebhook(signature)
  const {headers} = await sign(product)
  expect(await verify(product, headers)).toMatchObject({valid: true, reason: 'ok', scheme: signature.scheme})
  const tampered = await verify(product, headers, {body: Buffer.from('{"a": 2}').toString('base64')})
  expect(tampered).toMatchObject({valid: false, reason: 'mismatch', secretFingerprint: null, findings: []})
})

test('B7: every live secret verifies, an expired one does not', async () => {
  const [old, now] = [aSecret({value: 'old secret', expiresAt: NOON + 1000}), aSecret({value: 'new secret'})]
  await using product = await withWebhook({scheme: 'netbox'}, [old])
  const {headers} = await sign(product)
  const {webhook} = await product.ask('webhook.rotateSecret', {organization, webhook: 'a', secret: {value: now.value}})
  const verdict = await verify(product, headers)
  expect(verdict).toMatchObject({valid: true, secretFingerprint: webhook.secrets[1]?.fingerprint})
  product.clock.now += 1000
  expect(await verify(product, headers)).toMatchObject({valid: false, reason: 'mismatch'})
})

test('a timestamp is judged against now, or against the time that is given', async () => {
  await using product = await withWebhook({scheme: 'stripe'})
  const {headers} = await sign(product)
  product.clock.now += 301_000
  expect(await verify(product, headers)).toMatchObject({valid: false, reason: 'timestamp_too_old', timestamp: at})
  expect(await verify(product, headers, {at})).toMatchObject({valid: true})
  expect(await verify(product, headers, {toleranceSeconds: null})).toMatchObject({valid: true})
})

test('what went wrong is named when asked for, and never a secret', async () => {
  await using product = await withWebhook({scheme: 'netbox'})
  const {headers} = await sign(product)
  const newline = Buffer.from('{"a": 1}\n').toString('base64')
  const verdict = await verify(product, headers, {body: newline, explain: true})
  expect(verdict.findings.length).toBeGreaterThan(0)
  expect(verdict.findings[0]?.sentence).not.toBe('')
  expect(JSON.stringify(verdict)).not.toContain('test-webhook-secret')
})

test('a webhook without a secret or without a scheme says so', async () => {
  await using bare = await withWebhook({scheme: 'netbox'}, [])
  expect(await refusal(sign(bare))).toMatchObject({kind: 'conflict', code: 'webhook_has_no_secret'})
  await using silent = await withWebhook(null)
  expect(await refusal(verify(silent, []))).toMatchObject({kind: 'conflict', code: 'webhook_unsigned'})
})
