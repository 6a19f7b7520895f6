import {checkHeaders} from '../../domain/headers.ts'
import type {Platform, Problem} from '../../domain/platform.ts'
import type {SignaturePolicy} from '../../domain/policy.ts'
import {characters} from '../../domain/python-text.ts'
import {checkPattern} from '../../domain/subscription.ts'
import {suggest} from '../../domain/suggest.ts'
import {checkUrl, isIpHost, type UrlVerdict} from '../../domain/url.ts'
import type {Webhook} from '../../domain/webhook.ts'
import type {Recipe} from '../../signature/recipe.ts'
import {SENDERS, type SenderName} from '../../signature/schemes/senders.ts'

const LONGEST_SECRET = 255

/**
 * The rules that hold on every platform: headers, event types, mode, content type, secrets, TLS. The URL has its own
 * check, because platforms differ in it.
 */
export function checkCommon(platform: Platform, webhook: Webhook, version: string): Problem[] {
  return [
    ...checkEventTypes(platform, webhook.eventTypes, version),
    ...checkMode(platform, webhook),
    ...checkHeaders(webhook.headers, signatureHeaders(webhook.policies.signature)),
    ...checkContentType(webhook.contentType),
    ...checkSecrets(webhook),
    ...checkTls(webhook),
  ]
}

/** Those that a signature stands in, as far as it is not one of hookctl's own. */
function signatureHeaders(signature: SignaturePolicy | null): string[] {
  const sender: Partial<Recipe> = SENDERS[signature?.scheme as SenderName] ?? {}
  const {header, timestampHeader, idHeader} = {...sender, ...signature}
  return [header, timestampHeader, idHeader].filter(name => name !== undefined)
}

/**
 * Two configured headers of one name, whatever its case: one line of a request cannot say both, so neither is left out
 * silently. Not for NetBox, where the last wins.
 */
export function checkRepeatedHeaders({headers}: Pick<Webhook, 'headers'>): Problem[] {
  const names = headers.map(([name]) => name.toLowerCase())
  return headers.flatMap(([name], index) => {
    if (names.indexOf(name.toLowerCase()) === index) return []
    const hint = 'keep one of them; several values go into one header, separated by commas'
    return [problem(`headers/${index}/name`, 'repeated_header', `there are two headers "${name}"`, hint)]
  })
}

/** `checkUrl` as problems; a webhook without URL is not configured yet, and that is no fault. */
export function checkWebhookUrl(
  webhook: Pick<Webhook, 'url'>,
  rules: (url: URL) => readonly Problem[] = () => [],
): Problem[] {
  if (webhook.url === null) return []
  const verdict = checkUrl(webhook.url)
  return verdict.ok ? [...rules(verdict.url)] : [urlProblem(verdict)]
}

const urlProblem = (verdict: Extract<UrlVerdict, {ok: false}>): Problem =>
  problem('url', verdict.code, verdict.message, verdict.hint)

export const isIpUrl = (url: URL): boolean => isIpHost(url.hostname)

export const problem = (path: string, code: string, message: string, hint?: string): Problem => ({
  path,
  code,
  message,
  ...(hint === undefined ? {} : {hint}),
})

function checkEventTypes(platform: Platform, patterns: readonly string[], version: string): Problem[] {
  if (patterns.length === 0) {
    return [problem('eventTypes', 'no_event_types', 'a webhook needs at least one event type', allTypes(platform))]
  }
  return patterns.flatMap((pattern, index) => {
    const path = `eventTypes/${index}`
    const spelling = checkPattern(pattern)
    if (spelling !== null) return [{path, ...spelling}]
    if (platform.acceptsPattern(version, pattern)) return []
    const message = `${platform.name}@${version} has no event type ${pattern.includes('*') ? 'like ' : ''}"${pattern}"`
    return [problem(path, 'unknown_event_type', message, nearestType(platform, version, pattern))]
  })
}

function nearestType(platform: Platform, version: string, pattern: string): string {
  const names = platform.eventTypes(version).map(({name}) => name)
  const near = suggest(pattern, names)
  if (near !== undefined) return `did you mean ${near}?`
  return names.length <= 20 ? `it has ${names.join(', ')}` : allTypes(platform)
}

const allTypes = (platform: Platform): string => `hookctl event types --platform ${platform.name}`

function checkMode(platform: Platform, webhook: Webhook): Problem[] {
  if (!platform.modes.includes(webhook.mode)) {
    const message = `${platform.name} has no ${webhook.mode} delivery`
    return [problem('mode', 'mode_not_offered', message, `use ${platform.modes.join(' or ')}`)]
  }
  if (webhook.mode === 'batch' && webhook.policies.batch === null) {
    return [problem('policies/batch', 'batch_missing', 'batch delivery needs a batch interval and size')]
  }
  return []
}

function checkContentType(contentType: string): Problem[] {
  return /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?: *; *[\w-]+=(?:[\w.+-]+|"[^"\\\x00-\x1f\x7f-\uffff]*"))*$/.test(contentType)
    ? []
    : [
        problem(
          'contentType',
          'bad_content_type',
          `not a content type: ${JSON.stringify(contentType)}`,
          'write it like application/json',
        ),
      ]
}

function checkSecrets(webhook: Webhook): Problem[] {
  return webhook.secrets.some(({value}) => value === '' || characters(value) > LONGEST_SECRET)
    ? [problem('secret', 'bad_secret', `a secret has 1 to ${LONGEST_SECRET} characters`)]
    : []
}

// NetBox refuses this on saving (extras/models: "Do not specify a CA certificate file if SSL verification is disabled");
// on the other platforms it would be just as contradictory.
function checkTls({policies: {tls}}: Webhook): Problem[] {
  if (tls.verify || tls.caFile === null) return []
  const message = 'a CA file is of no use while certificates are not verified'
  return [problem('policies/tls/caFile', 'ca_without_verify', message, 'verify certificates, or leave out the CA file')]
}

/**
 * The platform's own fields: each given one must be known and right.
 *
 * @param rules per field: what is wrong with a value, or null
 */
export function checkSettings(
  webhook: Webhook,
  rules: Readonly<Record<string, (value: unknown) => string | null>>,
): Problem[] {
  return Object.entries(webhook.settings).flatMap(([name, value]) => {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    const known = Object.keys(rules).join(', ')
    if (rule === undefined) {
      const hint = known === '' ? 'this platform has none' : `it has ${known}`
      return [problem(`settings/${name}`, 'unknown_setting', `${webhook.platform} has no setting "${name}"`, hint)]
    }
    const wrong = rule(value)
    return wrong === null ? [] : [problem(`settings/${name}`, 'bad_setting', wrong)]
  })
}
