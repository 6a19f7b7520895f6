import type {Input} from '../api/operations.ts'
import type {Client} from '../client/client.ts'
import {type SignaturePolicy, signatureSchemes} from '../domain/policy.ts'
import {readTypeTemplate} from '../domain/type-template.ts'
import {schemeOf} from '../signature/index.ts'
import {askPlatform} from './platform-named.ts'
import {type Asker, askChoice, askText} from './prompts.ts'
import type {sourceFrom} from './source-flags.ts'

/** Where senders say what happened, as their documentation has it. Who signs by a scheme of their own is known by it. */
export const EVENT_TYPES: {readonly [scheme in SignaturePolicy['scheme']]?: string} = {
  bitbucket: 'bitbucket.{header.X-Event-Key}',
  buildkite: 'buildkite.{header.X-Buildkite-Event}',
  calendly: 'calendly.{body.event}',
  circleci: 'circleci.{body.type}',
  dropbox: 'dropbox.changed',
  gitea: 'gitea.{header.X-Gitea-Event}.{body.action}',
  github: 'github.{header.X-GitHub-Event}.{body.action}',
  grafana: 'grafana.alert.{body.status}',
  hubspot: 'hubspot.{body.0.subscriptionType}',
  line: 'line.{body.events.0.type}',
  linear: 'linear.{body.type}.{body.action}',
  mandrill: 'mandrill.events',
  meta: 'meta.{body.object}',
  notion: 'notion.{body.type}',
  outpost: '{header.X-Outpost-Topic}',
  paddle: 'paddle.{body.event_type}',
  pagerduty: 'pagerduty.{body.event.event_type}',
  razorpay: 'razorpay.{body.event}',
  sentry: 'sentry.{header.Sentry-Hook-Resource}.{body.action}',
  shopify: 'shopify.{header.X-Shopify-Topic}',
  slack: 'slack.{body.event.type}',
  sonarqube: 'sonarqube.{body.qualityGate.status}',
  square: 'square.{body.type}',
  stripe: 'stripe.{body.type}',
  terraform: 'terraform.{body.notifications.0.trigger}',
  trello: 'trello.{body.action.type}',
  twilio: 'twilio.{body.SmsStatus}.{body.CallStatus}',
  twitch: 'twitch.{header.Twitch-Eventsub-Subscription-Type}',
  typeform: 'typeform.{body.event_type}',
  vercel: 'vercel.{body.type}',
  woocommerce: 'woocommerce.{header.X-WC-Webhook-Topic}',
  xero: 'xero.{body.events.0.eventCategory}.{body.events.0.eventType}',
  zendesk: '{body.type}',
  zoom: 'zoom.{body.event}',
}

/** Where they give an event its id, of those that repeat it in the body or in a header of their own. */
export const DEDUPE_BY: {readonly [scheme in SignaturePolicy['scheme']]?: string} = {
  bitbucket: '{header.X-Atlassian-Webhook-Identifier}',
  circleci: '{body.id}',
  line: '{body.events.0.webhookEventId}',
  notion: '{body.id}',
  outpost: '{header.X-Outpost-Event-Id}',
  paddle: '{body.event_id}',
  pagerduty: '{body.event.id}',
  razorpay: '{header.X-Razorpay-Event-Id}',
  slack: '{body.event_id}',
  square: '{body.event_id}',
  stripe: '{body.id}',
  trello: '{body.action.id}',
  twilio: '{header.I-Twilio-Idempotency-Token}',
  typeform: '{body.event_id}',
  zendesk: '{header.X-Zendesk-Webhook-Invocation-Id}',
}

type Given = ReturnType<typeof sourceFrom>
type Sender = Given & Pick<Input<'source.create'>, 'platform'>

const OTHER = 'another sender'
const TOKEN = 'none'

/**
 * Who sends to a new source: as the flags say; else the one whose scheme they name; else who is asked for.
 *
 * @throws usage `missing_value` where nobody can be asked
 */
export async function withSender(given: Given, client: Client, asker: Asker): Promise<Sender> {
  const sender = withId(await senderOf(given, client, asker))
  const {signature} = sender
  if (!signature || signature.url !== undefined || !isUrlSigned(signature)) return sender
  const url = await askText(asker, {
    flag: 'signed-url',
    question: 'It signs the URL that it sends to. How does it reach this server?',
    suggested: 'https://',
    check: answer => (/^https?:\/\/[^/]/i.test(answer) ? null : 'a URL, like https://hooks.example.com'),
  })
  return {...sender, signature: {...signature, url}}
}

/** What the platform reads says itself what its events are. */
function withId(sender: Sender): Sender {
  const {eventType, dedupeBy, signature} = sender
  const known = eventType && dedupeBy === undefined && signature ? DEDUPE_BY[signature.scheme] : undefined
  return known === undefined ? sender : {...sender, dedupeBy: known}
}

/** What else is wrong with it the services say. */
function isUrlSigned({scheme, signed = ''}: NonNullable<Sender['signature']>): boolean {
  return scheme === 'hmac' ? signed.includes('{url}') : schemeOf(scheme).signs.url
}

async function senderOf(given: Given, client: Client, asker: Asker): Promise<Sender> {
  const {platform, eventType, signature} = given
  if (platform !== undefined) return {...given, platform}
  const known = eventType === undefined && signature ? EVENT_TYPES[signature.scheme] : undefined
  if (known !== undefined) return {...given, platform: 'standard', eventType: known}
  const asked = await askPlatform(client, asker, {
    question: 'Whose webhooks come in?',
    more: [{name: 'another sender: GitHub, Stripe, a system of yours', value: OTHER}],
    hint: "; what no platform sends: --event-type 'github.{header.X-GitHub-Event}'",
  })
  return asked === OTHER ? askSender(given, asker) : {...given, platform: asked}
}

async function askSender(given: Given, asker: Asker): Promise<Sender> {
  const signature = given.signature === undefined ? await askSignature(asker) : given.signature
  const suggested = signature === null ? undefined : EVENT_TYPES[signature.scheme]
  const eventType = await askText(asker, {
    flag: 'event-type',
    question: 'Of which type are its events? {header.NAME} and {body.PATH} are taken from each request:',
    ...(suggested === undefined ? {} : {suggested}),
    check: answer => {
      const read = readTypeTemplate(answer)
      return 'code' in read ? `${read.message}; ${read.hint}` : null
    },
  })
  return {...given, platform: 'standard', eventType, signature}
}

async function askSignature(asker: Asker): Promise<SignaturePolicy | null> {
  const choices = [
    ...signatureSchemes.map(scheme => ({name: scheme, value: scheme})),
    {name: 'not at all: a token comes along', value: TOKEN} as const,
  ]
  const scheme = await askChoice(asker, {flag: 'scheme', question: 'How does it sign?'}, choices)
  return scheme === TOKEN ? null : {scheme}
}
