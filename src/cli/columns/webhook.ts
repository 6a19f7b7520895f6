import type {WebhookView} from '../../api/webhooks.ts'
import {formatDuration} from '../../domain/duration.ts'
import type {Policies} from '../../domain/policy.ts'
import type {Column} from '../output/column.ts'

/** One word for what an administrator asks first: does it send? */
const webhookState = ({active, paused, url, eventTypes, health}: WebhookView): string => {
  if (!active) return 'inactive'
  if (paused !== null) return `paused (${paused.reason})`
  if (url === null || eventTypes.length === 0) return 'unconfigured'
  return health.failing ? 'failing' : 'active'
}

const describeOAuth = ({tokenUrl, clientId, secretFingerprint, scope, audience}: NonNullable<WebhookView['oauth']>) =>
  [
    `${tokenUrl} as ${clientId} (secret ${secretFingerprint})`,
    ...(scope === null ? [] : [`scope ${scope}`]),
    ...(audience === null ? [] : [`for ${audience}`]),
  ].join(', ')

export const webhookColumns: readonly Column<WebhookView>[] = [
  {key: 'id', whole: true},
  {key: 'name', telling: true},
  {key: 'state', kind: 'state', telling: true, value: webhookState},
  {key: 'platform'},
  {key: 'eventTypes', title: 'events', value: webhook => webhook.eventTypes.join(',')},
  {key: 'url'},
  {key: 'description', wide: true},
  {key: 'contextId', title: 'scope', wide: true, value: ({contextId}) => contextId ?? 'organization'},
  {key: 'mode', wide: true},
  {key: 'method', wide: true},
  {
    key: 'secrets',
    title: 'secret fingerprints',
    wide: true,
    value: ({secrets}) => secrets.map(secret => secret.fingerprint).join(','),
  },
  {key: 'oauth', title: 'token from', wide: true, value: ({oauth}) => oauth && describeOAuth(oauth)},
  {
    key: 'tls',
    wide: true,
    value: ({policies: {tls}}) => (tls.verify ? (tls.caFile ?? 'verified') : 'NOT verified'),
  },
  {key: 'lastSuccess', title: 'last success', kind: 'time', wide: true, value: ({health}) => health.lastSuccessAt},
  {key: 'failingSince', title: 'failing since', kind: 'time', wide: true, value: ({health}) => health.failingSince},
  {key: 'failures', title: 'failures in a row', align: 'right', wide: true, value: ({health}) => health.failures},
  {key: 'restsUntil', title: 'tried again', kind: 'time', wide: true, value: ({health}) => health.restsUntil},
  {key: 'pausesAt', title: 'paused if it goes on', kind: 'time', wide: true, value: ({health}) => health.pausesAt},
  {key: 'updatedAt', title: 'updated', kind: 'time', wide: true},
  {key: 'createdAt', title: 'created', kind: 'time'},
]

/** A secret that was made is shown this once. */
export const createdWebhookColumns: readonly Column<WebhookView & {readonly secret?: string}>[] = [
  ...webhookColumns,
  {key: 'secret', wide: true, whole: true},
]

const described: {[Kind in Policies['retry']['kind']]: (retry: Extract<Policies['retry'], {kind: Kind}>) => string} = {
  manual: () => 'manual: only when a person replays it',
  list: ({delaysMs}) => `after ${delaysMs.map(formatDuration).join(', ')}; then failed`,
  exponential: ({baseMs, factor, capMs, attempts, jitter}) =>
    `${formatDuration(baseMs)} × ${factor} up to ${formatDuration(capMs)}, ±${jitter * 100} %; failed after ${attempts} attempts`,
  'until-success': ({everyMs}) => `every ${formatDuration(everyMs)} until it succeeds`,
}

export const describeRetry = (retry: Policies['retry']): string =>
  (described[retry.kind] as (retry: unknown) => string)(retry)

export const describeSuccess = (rule: Policies['success']): string => {
  if (rule.kind === 'list') return rule.statuses.join(', ')
  return {'2xx': '200 to 299', ok: 'anything but 400 to 599', '200': 'only 200'}[rule.kind]
}

export const whenOff: Record<Policies['offSwitch'], string> = {
  accept: 'events accepted meanwhile are skipped',
  delivery: 'skipped when they are about to be sent',
  hold: 'deliveries wait until it is on again',
}

const describeSignature = (signature: WebhookView['policies']['signature']): string => {
  if (signature === null) return 'none'
  const {header, algorithm, encoding, prefix, signed, timestampHeader, timestampFormat, idHeader} = signature
  const details = [header, algorithm, encoding, prefix, signed, timestampHeader, timestampFormat, idHeader].filter(
    Boolean,
  )
  return details.length > 0 ? `${signature.scheme} (${details.join(', ')})` : signature.scheme
}

const describeBatch = (batch: Policies['batch']): string =>
  batch === null ? 'none' : `every ${formatDuration(batch.everyMs)}, at most ${batch.maxEvents} events`

const describePause = ({pauseAfterMs, retry}: WebhookView['policies']): string =>
  pauseAfterMs === null || retry.kind === 'until-success' ? 'never' : formatDuration(pauseAfterMs)

const inOrder = {
  no: 'no: side by side',
  halt: 'yes; one that is given up pauses it',
  skip: 'yes; one that is given up is passed over',
}

/** Everything a webhook decides about its deliveries, as resolved when it was created. */
export const policyColumns: readonly Column<WebhookView>[] = [
  {key: 'success', value: ({policies}) => describeSuccess(policies.success)},
  {key: 'retry', value: ({policies}) => describeRetry(policies.retry)},
  {key: 'whenOff', title: 'when off', value: ({policies}) => whenOff[policies.offSwitch]},
  {
    key: 'signature',
    value: ({policies, secrets}) => (secrets.length > 0 ? describeSignature(policies.signature) : 'none: no secret'),
  },
  {key: 'timeout', value: ({policies}) => formatDuration(policies.timeoutMs)},
  {key: 'pauseAfter', title: 'paused after failing for', value: ({policies}) => describePause(policies)},
  {key: 'ordered', title: 'in order', value: ({policies}) => inOrder[policies.ordered ?? 'no']},
  {key: 'batch', value: ({mode, policies}) => describeBatch(mode === 'batch' ? policies.batch : null)},
  {key: 'allowHttp', title: 'allow http', value: ({policies}) => (policies.allowHttp ? 'yes' : 'no')},
  {key: 'zone', value: ({policies}) => policies.zone},
  {key: 'contentType', title: 'content type'},
]
