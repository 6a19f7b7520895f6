import type {Recipe} from '../recipe.ts'

const ofBody = (header: string, rest: Partial<Recipe> = {}): Recipe => ({
  header,
  algorithm: 'sha256',
  encoding: 'hex',
  prefix: '',
  signed: '{body}',
  ...rest,
})

const stamped = (header: string, prefix: string, signed: string): Recipe => ofBody(header, {prefix, signed})

/**
 * Senders of whom no more is to be known than their recipe. Sources: what each says of its webhooks, in the documentation
 * that is named beside it.
 */
export const SENDERS = {
  /** Jira and Bitbucket: "Secure webhooks", support.atlassian.com. The header has GitHub's old name, and never SHA-1. */
  bitbucket: ofBody('X-Hub-Signature', {prefix: 'sha256='}),
  /** "Webhooks: webhook signature", buildkite.com/docs. */
  buildkite: stamped('X-Buildkite-Signature', 'timestamp={timestamp},signature=', '{timestamp}.{body}'),
  /** "Webhook signatures", developer.calendly.com. */
  calendly: stamped('Calendly-Webhook-Signature', 't={timestamp},v1=', '{timestamp}.{body}'),
  /** "Outbound webhooks: validate webhooks", circleci.com/docs. */
  circleci: ofBody('circleci-signature', {prefix: 'v1=', list: true}),
  /** "Signatures", docs.getconvoy.io, where no other header is set; its simple form. */
  convoy: ofBody('X-Convoy-Signature'),
  /** "Webhooks: request headers", dropbox.com/developers. */
  dropbox: ofBody('X-Dropbox-Signature'),
  /** Gitea, and Forgejo, which sends the header too: "Webhooks", docs.gitea.com. */
  gitea: ofBody('X-Gitea-Signature'),
  /** "Configure webhook notifications: HMAC signature", grafana.com/docs; where no header for the time is set. */
  grafana: ofBody('X-Grafana-Alerting-Signature'),
  /** "Validating requests", developers.hubspot.com, the third version. It sends nothing but POST. */
  hubspot: ofBody('X-HubSpot-Signature-v3', {
    encoding: 'base64',
    signed: 'POST{url}{body}{timestamp}',
    timestampHeader: 'X-HubSpot-Request-Timestamp',
    timestampFormat: 'milliseconds',
  }),
  /** "Verify webhook signature", developers.line.biz. */
  line: ofBody('X-Line-Signature', {encoding: 'base64'}),
  /** "Webhooks: securing webhooks", linear.app/developers. */
  linear: ofBody('Linear-Signature'),
  /** Mandrill of Mailchimp: "Authenticating webhook requests", mailchimp.com/developer. */
  mandrill: ofBody('X-Mandrill-Signature', {algorithm: 'sha1', encoding: 'base64', signed: '{url}{form}'}),
  /** Facebook, Instagram and WhatsApp: "Webhooks: validate payloads", developers.facebook.com. As GitHub signs. */
  meta: ofBody('X-Hub-Signature-256', {prefix: 'sha256='}),
  /** "Webhooks: validate signatures", developers.notion.com. */
  notion: ofBody('X-Notion-Signature', {prefix: 'sha256='}),
  /** Hookdeck's Outpost: "Webhook destination", where no other template is set: the signature of the newest secret first. */
  outpost: ofBody('X-Outpost-Signature', {prefix: 'v0=', list: true}),
  /** "Verify webhook signatures", developer.paddle.com. */
  paddle: {...stamped('Paddle-Signature', 'ts={timestamp};h1=', '{timestamp}:{body}'), several: true},
  /** "Verifying webhook signatures", developer.pagerduty.com: a signature of each live secret. */
  pagerduty: ofBody('X-PagerDuty-Signature', {prefix: 'v1=', list: true, several: true}),
  /** "Validate and test webhooks", razorpay.com/docs. */
  razorpay: ofBody('X-Razorpay-Signature'),
  /** "Webhooks: verifying the signature", docs.sentry.io. */
  sentry: ofBody('Sentry-Hook-Signature'),
  /** "Verify webhook deliveries", shopify.dev. */
  shopify: ofBody('X-Shopify-Hmac-Sha256', {encoding: 'base64'}),
  /** "Webhooks: securing your webhooks", docs.sonarsource.com. */
  sonarqube: ofBody('X-Sonar-Webhook-HMAC-SHA256'),
  /** "Validate and filter webhook requests", developer.squareup.com. */
  square: ofBody('x-square-hmacsha256-signature', {encoding: 'base64', signed: '{url}{body}'}),
  /** HCP Terraform: "Notification configurations", developer.hashicorp.com. */
  terraform: ofBody('X-TFE-Notification-Signature', {algorithm: 'sha512'}),
  /** "Webhooks: webhook signatures", developer.atlassian.com/cloud/trello. */
  trello: ofBody('X-Trello-Webhook', {algorithm: 'sha1', encoding: 'base64', signed: '{body}{url}'}),
  /** "Webhooks security: validate signatures", twilio.com/docs; the requests that are forms. */
  twilio: ofBody('X-Twilio-Signature', {algorithm: 'sha1', encoding: 'base64', signed: '{url}{form}'}),
  /** EventSub: "Handling webhook events: verifying the event message", dev.twitch.tv. */
  twitch: ofBody('Twitch-Eventsub-Message-Signature', {
    prefix: 'sha256=',
    signed: '{id}{timestamp}{body}',
    idHeader: 'Twitch-Eventsub-Message-Id',
    timestampHeader: 'Twitch-Eventsub-Message-Timestamp',
    timestampFormat: 'rfc3339',
  }),
  /** "Secure your webhooks", typeform.com/developers. */
  typeform: ofBody('Typeform-Signature', {prefix: 'sha256=', encoding: 'base64'}),
  /** "Securing webhooks", vercel.com/docs. */
  vercel: ofBody('x-vercel-signature', {algorithm: 'sha1'}),
  /** "Webhooks: security", woocommerce.com. */
  woocommerce: ofBody('X-WC-Webhook-Signature', {encoding: 'base64'}),
  /** "Webhooks: verify your signature", developer.xero.com. */
  xero: ofBody('x-xero-signature', {encoding: 'base64'}),
  /** "Verifying webhook authenticity", developer.zendesk.com. */
  zendesk: ofBody('X-Zendesk-Webhook-Signature', {
    encoding: 'base64',
    signed: '{timestamp}{body}',
    timestampHeader: 'X-Zendesk-Webhook-Signature-Timestamp',
    timestampFormat: 'rfc3339',
  }),
  /** "Verify webhook events", developers.zoom.us. */
  zoom: {...stamped('x-zm-signature', 'v0=', 'v0:{timestamp}:{body}'), timestampHeader: 'x-zm-request-timestamp'},
} as const satisfies {readonly [name: string]: Recipe}

export type SenderName = keyof typeof SENDERS

export const SENDER_NAMES = Object.keys(SENDERS) as readonly SenderName[]
