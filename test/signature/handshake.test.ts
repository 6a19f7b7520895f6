import {expect, test} from 'vitest'
import {challengeAnswer, handshakeAnswer} from '../../src/signature/handshake.ts'
import type {SchemeName} from '../../src/signature/index.ts'

const ask = (scheme: SchemeName, body: unknown) =>
  handshakeAnswer(scheme, 'the secret', Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))

test('Slack gets its challenge back', () => {
  expect(ask('slack', {token: 'x', challenge: '3eZbrw1aB', type: 'url_verification'})).toEqual({challenge: '3eZbrw1aB'})
})

// With: printf %s qgg8vlvZRS6UYooatFL8Aw | openssl dgst -sha256 -hmac 'the secret'
test('Zoom gets its token back, and its HMAC under the secret', () => {
  const payload = {plainToken: 'qgg8vlvZRS6UYooatFL8Aw'}
  expect(ask('zoom', {payload, event_ts: 1654503849680, event: 'endpoint.url_validation'})).toEqual({
    ...payload,
    encryptedToken: '79c3f17ec911f219b93a6a545d3493260e4584189b885d00af4534fe867e5ec3',
  })
})

test('Twitch gets its challenge back as it is', () => {
  const subscription = {status: 'webhook_callback_verification_pending', type: 'channel.follow'}
  expect(ask('twitch', {challenge: 'pogchamp-kappa-360noscope-vohiyo', subscription})).toBe(
    'pogchamp-kappa-360noscope-vohiyo',
  )
})

test.each<[SchemeName, unknown]>([
  ['twitch', {challenge: 'x', subscription: {status: 'enabled'}}],
  ['twitch', {challenge: 7, subscription: {status: 'webhook_callback_verification_pending'}}],
  ['twitch', {challenge: 'x', subscription: null}],
  ['slack', {type: 'event_callback', challenge: 'x'}],
  ['slack', {type: 'url_verification', challenge: 7}],
  ['slack', 'no json'],
  ['slack', 'null'],
  ['slack', ''],
  ['slack', `{"type": "url_verification", "challenge": "${'x'.repeat(10_000)}"}`],
  ['zoom', {event: 'meeting.started', payload: {plainToken: 'x'}}],
  ['zoom', {event: 'endpoint.url_validation', payload: null}],
  ['github', {type: 'url_verification', challenge: 'x'}],
  ['github', {event: 'endpoint.url_validation', payload: {plainToken: 'x'}}],
])('of %s %j is a message like any other', (scheme, body) => expect(ask(scheme, body)).toBeNull())

test.each<[SchemeName, string, string | null]>([
  ['dropbox', 'challenge=a%20b', 'a b'],
  ['dropbox', '', null],
  ['meta', 'hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=any', '1158201444'],
  ['meta', 'hub.challenge=1158201444', null],
  ['meta', 'challenge=x', null],
  ['github', 'challenge=x&hub.mode=subscribe&hub.challenge=y', null],
])('who asks by a GET as %s does, with "%s", hears %s', (scheme, query, answer) => {
  expect(challengeAnswer(scheme, new URLSearchParams(query))).toBe(answer)
})
