import {verify as octokitVerify} from '@octokit/webhooks-methods'
import {Webhook} from 'standardwebhooks'
import Stripe from 'stripe'
import {describe, expect, it} from 'vitest'
import {sign, verify} from '../../src/signature/index.ts'
import {opensslHmac, randomBody, seededRandom} from './oracles.ts'

const bodies = ['{"event":"created"}', '{"name":"Zoë – 東京 🛰"}', '{\r\n  "a": 1\r\n}\r\n', ' ']

describe('what we sign is accepted by', () => {
  it.each(bodies)('standardwebhooks: %j', body => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
    const timestamp = Math.floor(Date.now() / 1000)
    const secrets = ['whsec_AQIDBAUG', secret]
    const headers = Object.fromEntries(sign({scheme: 'standard', secrets, id: 'msg_1', timestamp, body}))
    // It parses the body after the check; what is not JSON has passed the check when it fails there.
    const check = () => new Webhook(secret).verify(body, headers)
    if (body.trim() === '') expect(check).toThrow(SyntaxError)
    else expect(check()).toEqual(JSON.parse(body))
    expect(() => new Webhook(secret).verify(`${body}x`, headers)).toThrow('No matching signature found')
  })

  it.each(bodies)('stripe: %j', body => {
    const {signature} = new Stripe('sk_test_none').webhooks
    const timestamp = Math.floor(Date.now() / 1000)
    const [[, header]] = sign({scheme: 'stripe', secrets: ['whsec_old', 'whsec_new'], timestamp, body}) as [
      [string, string],
    ]
    for (const secret of ['whsec_old', 'whsec_new']) {
      expect(signature!.verifyHeader(body, header, secret, 300)).toBe(true)
    }
    expect(() => signature!.verifyHeader(`${body}x`, header, 'whsec_new', 300)).toThrow()
  })

  it.each(bodies)('@octokit/webhooks-methods: %j', async body => {
    const [[, header]] = sign({scheme: 'github', secret: 'It’s a secret', body}) as [[string, string]]
    expect(await octokitVerify('It’s a secret', body, header)).toBe(true)
    expect(await octokitVerify('It’s a secret', `${body}x`, header)).toBe(false)
  })

  it('openssl dgst -sha512 -hmac, on 50 random binary bodies', () => {
    const random = seededRandom(20260101)
    for (let round = 0; round < 50; round += 1) {
      const body = randomBody(random, Math.floor(random() * 4096))
      const secret = `s3cret ${round} é`
      const digest = opensslHmac(secret, body)
      expect(sign({scheme: 'netbox', secret, body})).toEqual([['X-Hook-Signature', digest]])
      expect(verify({scheme: 'netbox', secret, body, headers: {'X-Hook-Signature': digest}}).reason).toBe('ok')
    }
  })
})

it('the published example of Standard Webhooks libraries comes out', () => {
  const headers = sign({
    scheme: 'standard',
    secret: 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: 1614265330,
    body: '{"test": 2432232314}',
  })
  expect(headers[2]).toEqual(['webhook-signature', 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='])
})

it('GitHub’s published example comes out', () => {
  expect(sign({scheme: 'github', secret: "It's a Secret to Everybody", body: 'Hello, World!'})).toEqual([
    ['X-Hub-Signature-256', 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'],
  ])
})
