import {createHmac} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import {detect, type Header, sign, verify} from '../../src/signature/index.ts'
import {SENDER_NAMES, SENDERS, type SenderName} from '../../src/signature/schemes/senders.ts'
import {url, withUrl} from './oracles.ts'

const secret = 'a secret of some length'
const body = '{"event":"created","name":"Köln"}'
const timestamp = 1767225600
const digest = (text: string, algorithm = 'sha256', encoding: 'hex' | 'base64' = 'hex') =>
  createHmac(algorithm, secret).update(text, 'utf8').digest(encoding)

/** As each sender's documentation has it, written out by hand. */
const written: {readonly [name in SenderName]: readonly Header[]} = {
  bitbucket: [['X-Hub-Signature', `sha256=${digest(body)}`]],
  buildkite: [['X-Buildkite-Signature', `timestamp=1767225600,signature=${digest(`1767225600.${body}`)}`]],
  calendly: [['Calendly-Webhook-Signature', `t=1767225600,v1=${digest(`1767225600.${body}`)}`]],
  circleci: [['circleci-signature', `v1=${digest(body)}`]],
  convoy: [['X-Convoy-Signature', digest(body)]],
  dropbox: [['X-Dropbox-Signature', digest(body)]],
  gitea: [['X-Gitea-Signature', digest(body)]],
  grafana: [['X-Grafana-Alerting-Signature', digest(body)]],
  hubspot: [
    ['X-HubSpot-Request-Timestamp', '1767225600000'],
    ['X-HubSpot-Signature-v3', digest(`POST${url}${body}1767225600000`, 'sha256', 'base64')],
  ],
  line: [['X-Line-Signature', digest(body, 'sha256', 'base64')]],
  linear: [['Linear-Signature', digest(body)]],
  // It is no form: one field that is named like all of it.
  mandrill: [['X-Mandrill-Signature', digest(`${url}${body}`, 'sha1', 'base64')]],
  meta: [['X-Hub-Signature-256', `sha256=${digest(body)}`]],
  notion: [['X-Notion-Signature', `sha256=${digest(body)}`]],
  outpost: [['X-Outpost-Signature', `v0=${digest(body)}`]],
  paddle: [['Paddle-Signature', `ts=1767225600;h1=${digest(`1767225600:${body}`)}`]],
  pagerduty: [['X-PagerDuty-Signature', `v1=${digest(body)}`]],
  razorpay: [['X-Razorpay-Signature', digest(body)]],
  sentry: [['Sentry-Hook-Signature', digest(body)]],
  shopify: [['X-Shopify-Hmac-Sha256', digest(body, 'sha256', 'base64')]],
  sonarqube: [['X-Sonar-Webhook-HMAC-SHA256', digest(body)]],
  square: [['x-square-hmacsha256-signature', digest(`${url}${body}`, 'sha256', 'base64')]],
  terraform: [['X-TFE-Notification-Signature', digest(body, 'sha512')]],
  trello: [['X-Trello-Webhook', digest(`${body}${url}`, 'sha1', 'base64')]],
  twilio: [['X-Twilio-Signature', digest(`${url}${body}`, 'sha1', 'base64')]],
  twitch: [
    ['Twitch-Eventsub-Message-Id', 'e76c6bd4-55c9-4987-8304-da1588d8988b'],
    ['Twitch-Eventsub-Message-Timestamp', '2026-01-01T00:00:00Z'],
    [
      'Twitch-Eventsub-Message-Signature',
      `sha256=${digest(`e76c6bd4-55c9-4987-8304-da1588d8988b2026-01-01T00:00:00Z${body}`)}`,
    ],
  ],
  typeform: [['Typeform-Signature', `sha256=${digest(body, 'sha256', 'base64')}`]],
  vercel: [['x-vercel-signature', digest(body, 'sha1')]],
  woocommerce: [['X-WC-Webhook-Signature', digest(body, 'sha256', 'base64')]],
  xero: [['x-xero-signature', digest(body, 'sha256', 'base64')]],
  zendesk: [
    ['X-Zendesk-Webhook-Signature-Timestamp', '2026-01-01T00:00:00Z'],
    ['X-Zendesk-Webhook-Signature', digest(`2026-01-01T00:00:00Z${body}`, 'sha256', 'base64')],
  ],
  zoom: [
    ['x-zm-request-timestamp', '1767225600'],
    ['x-zm-signature', `v0=${digest(`v0:1767225600:${body}`)}`],
  ],
}

describe.each(SENDER_NAMES)('a message of %s', name => {
  const headers = written[name]
  const scheme = withUrl(name)
  const id = 'e76c6bd4-55c9-4987-8304-da1588d8988b'

  it('is signed as the sender signs, and verifies', () => {
    expect(sign({scheme, secret, id, timestamp, body})).toEqual(headers)
    const verdict = verify({scheme, secret, headers, body, now: timestamp})
    expect(verdict).toMatchObject({valid: true, reason: 'ok', scheme: name})
  })

  it('is known by its headers, but for one that is made with SHA-1, which no header may choose', () => {
    const {candidates, nearMisses} = detect(headers)
    const {valid, reason} = verify({secret, headers, body, now: timestamp})
    if (SENDERS[name].algorithm === 'sha1') {
      expect(candidates).toEqual([])
      expect(nearMisses).toEqual([expect.stringContaining(`the scheme ${name}, which is made with SHA-1`)])
      expect([valid, reason]).toEqual([false, 'missing_header'])
    } else {
      // Meta signs as GitHub does, and goes by that name.
      expect(candidates).toMatchObject([{name: name === 'meta' ? 'github' : name}])
      expect([valid, reason]).toEqual(scheme.signs.url ? [false, 'missing_url'] : [true, 'ok'])
    }
  })

  it('B1 B8: is refused with another secret, another body, or after its time', () => {
    const verdictOf = (other: object) => verify({scheme, secret, headers, body, now: timestamp, ...other}).reason
    expect(verdictOf({secret: 'another secret'})).toBe('mismatch')
    expect(verdictOf({body: `${body}\n`})).toBe('mismatch')
    expect(verdictOf({body: `${body}0`})).toBe('mismatch')
    expect(verdictOf({headers: []})).toBe('missing_header')
    expect(verdictOf({headers: [...headers, ...headers]})).toBe('duplicate_header')
    expect(verdictOf({now: timestamp + 301})).toBe(scheme.signs.timestamp ? 'timestamp_too_old' : 'ok')
  })
})

it('a header of Jira with a SHA-1 is none of Jira: GitHub sends its old one so', () => {
  const headers = {'X-Hub-Signature': `sha1=${digest(body, 'sha1')}`}
  expect(detect(headers)).toMatchObject({candidates: [], nearMisses: [expect.stringContaining('SHA-1')], recipes: []})
  expect(verify({secret, headers, body}).valid).toBe(false)
})

it.each([
  ['pagerduty', 'X-PagerDuty-Signature'],
  ['circleci', 'circleci-signature'],
] as const)('%s: any signature of a list fits, at most twenty, and only behind its label', (scheme, header) => {
  const right = `v1=${digest(body)}`
  const other = `v1=${'0'.repeat(64)}`
  const reasonOf = (value: string) => verify({scheme, secret, headers: {[header]: value}, body}).reason
  expect(reasonOf(`${other},${right}`)).toBe('ok')
  expect(reasonOf(`v2=${'1'.repeat(64)}, ${right}`)).toBe('ok')
  expect(reasonOf([...Array(19).fill(other), right].join(','))).toBe('ok')
  expect(reasonOf([...Array(20).fill(other), right].join(','))).toBe('too_many_signatures')
  expect(reasonOf(`v2=${digest(body)}`)).toBe('no_known_version')
  expect(reasonOf(digest(body))).toBe('no_known_version')
})

it('outpost: while secrets are rotated the header has the signature of the new one first', () => {
  const headers = {'X-Outpost-Signature': `v0=${digest(body)},${'0'.repeat(64)}`}
  expect(verify({scheme: 'outpost', secret, headers, body}).reason).toBe('ok')
})

it('pagerduty and paddle sign with every live secret, the others with the first', () => {
  const secrets = [secret, 'the next secret']
  const signaturesOf = (name: SenderName) =>
    `${sign({scheme: withUrl(name), secrets, id: 'msg_1', timestamp, body}).at(-1)?.[1]}`
      .split(/[,;]/)
      .filter(field => !/^(?:ts?|timestamp)=/.test(field))
  const several = SENDER_NAMES.filter(name => signaturesOf(name).length === 2)
  expect(several).toEqual(['paddle', 'pagerduty'])
})
