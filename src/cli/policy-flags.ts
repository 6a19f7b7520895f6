import type {Input} from '../api/operations.ts'
import {isDuration, parseDurationMs} from '../domain/duration.ts'
import {given} from '../domain/given.ts'
import {signatureSchemes} from '../domain/policy.ts'
import {usageError} from '../errors.ts'
import {choiceFlag, durationFlag, numberFlag, switchFlag, textFlag, zoneText} from './flags.ts'
import {RECIPE_HINT, type RecipeFlags, recipeFlags, recipeIn, schemeText, signedUrlFlag} from './recipe-flags.ts'

/** Flags that override what the platform decides about a webhook. */

type PolicyInput = NonNullable<Input<'webhook.create'>['policies']>
type SourceSignature = NonNullable<Input<'source.create'>['signature']>
type Retry = NonNullable<PolicyInput['retry']>
type Success = NonNullable<PolicyInput['success']>

const GROUP = {helpGroup: 'POLICY'} as const

const schemeFlags = {
  scheme: choiceFlag({...schemeText, choices: [...signatureSchemes, 'none'], ...GROUP}),
  ...recipeFlags(GROUP),
}

export const policyFlags = {
  ...schemeFlags,
  retry: textFlag({
    description: 'manual, 1m,5m,30m, exponential:10s,cap=1h,attempts=8 or until-success:5m',
    helpValue: 'PLAN',
    ...GROUP,
  }),
  success: textFlag({
    description: 'statuses that mean taken: 2xx, ok, or a list like 200,202',
    helpValue: 'RULE',
    ...GROUP,
  }),
  'when-off': choiceFlag({
    description: 'what being off means: skip at accept, skip at delivery, or hold',
    choices: ['accept', 'delivery', 'hold'],
    ...GROUP,
  }),
  'pause-after': textFlag({
    description: 'failing for so long it is paused and what it is owed is held: 5d, 12h, or never',
    helpValue: 'DURATION',
    ...GROUP,
  }),
  ordered: choiceFlag({
    description: 'one delivery after the other; where one is given up, halt (pause) or skip it',
    choices: ['halt', 'skip', 'no'],
    ...GROUP,
  }),
  'batch-every': durationFlag({description: 'a batch is sent so long after its first event', ...GROUP}),
  'batch-max': numberFlag({description: 'a batch is sent at so many events', min: 1, max: 20_000, ...GROUP}),
  'request-timeout': durationFlag({description: 'longest time for one request, answer included', ...GROUP}),
  zone: textFlag({...zoneText, ...GROUP}),
  tls: choiceFlag({description: 'whether certificates are verified', choices: ['verify', 'skip'], ...GROUP}),
  'ca-file': textFlag({description: 'PEM file with the CA to trust', helpValue: 'FILE', ...GROUP}),
  'allow-http': switchFlag({description: 'allow http:// where the platform wants https://, for tests', ...GROUP}),
}

/** Of a source: a webhook signs the URL that it is sent to. */
export const expectedSchemeFlags = {...schemeFlags, ...signedUrlFlag(GROUP)}

interface SchemeFlags extends RecipeFlags {
  readonly scheme?: NonNullable<PolicyInput['signature']>['scheme'] | 'none' | undefined
  readonly 'signed-url'?: string | undefined
}

interface PolicyFlags extends SchemeFlags {
  readonly retry?: string | undefined
  readonly success?: string | undefined
  readonly 'when-off'?: 'accept' | 'delivery' | 'hold' | undefined
  readonly 'pause-after'?: string | undefined
  readonly ordered?: 'halt' | 'skip' | 'no' | undefined
  readonly 'batch-every'?: number | undefined
  readonly 'batch-max'?: number | undefined
  readonly 'request-timeout'?: number | undefined
  readonly zone?: string | undefined
  readonly tls?: 'verify' | 'skip' | undefined
  readonly 'ca-file'?: string | undefined
  readonly 'allow-http'?: boolean | undefined
}

/** The overrides the flags name; undefined where they name none. @throws usage `invalid_retry`, `invalid_success`, `invalid_signature` */
export function policiesFrom(flags: PolicyFlags): PolicyInput | undefined {
  const signature = signatureFrom(flags)
  const policies: PolicyInput = {
    ...(flags.retry === undefined ? {} : {retry: parseRetry(flags.retry)}),
    ...(flags.success === undefined ? {} : {success: parseSuccess(flags.success)}),
    ...(flags['when-off'] === undefined ? {} : {offSwitch: flags['when-off']}),
    ...(flags['pause-after'] === undefined ? {} : {pauseAfterMs: parsePause(flags['pause-after'])}),
    ...(flags.ordered === undefined ? {} : {ordered: flags.ordered === 'no' ? null : flags.ordered}),
    ...batchFrom(flags),
    ...(flags['request-timeout'] === undefined ? {} : {timeoutMs: flags['request-timeout']}),
    ...(flags.zone === undefined ? {} : {zone: flags.zone}),
    ...(flags.tls === undefined && flags['ca-file'] === undefined
      ? {}
      : {tls: {verify: flags.tls !== 'skip', caFile: flags['ca-file'] ?? null}}),
    ...(flags['allow-http'] ? {allowHttp: true} : {}),
    ...(signature === undefined ? {} : {signature}),
  }
  return Object.keys(policies).length > 0 ? policies : undefined
}

function batchFrom({'batch-every': everyMs, 'batch-max': maxEvents}: PolicyFlags): Pick<PolicyInput, 'batch'> {
  if (everyMs === undefined && maxEvents === undefined) return {}
  return {batch: {...(everyMs === undefined ? {} : {everyMs}), ...(maxEvents === undefined ? {} : {maxEvents})}}
}

/** Undefined where the flags say nothing of it, null for none. @throws usage `invalid_signature` */
export function signatureFrom(flags: SchemeFlags): SourceSignature | null | undefined {
  const {ofHmac, options, implied} = recipeIn(flags)
  const scheme = flags.scheme ?? implied
  const url = flags['signed-url']
  if (scheme === undefined && url !== undefined) {
    throw usageError('invalid_signature', '--signed-url says nothing without the scheme that signs it', {
      hint: 'add --scheme, like --scheme twilio',
    })
  }
  if (scheme === undefined) return undefined
  const foreign = Object.keys(scheme === 'hmac' ? {} : scheme === 'netbox' ? ofHmac : options)
  if (foreign.length > 0) {
    throw usageError('invalid_signature', `scheme ${scheme} has no ${foreign.join(', ')} to choose`, {
      hint: RECIPE_HINT,
    })
  }
  return scheme === 'none' ? null : {scheme, ...options, ...given({url})}
}

function parseSuccess(text: string): Success {
  if (text === '2xx' || text === 'ok' || text === '200') return {kind: text}
  const codes = text.split(',').map(code => code.trim())
  if (codes.every(code => /^[1-5]\d\d$/.test(code))) return {kind: 'list', statuses: codes.map(Number)}
  throw usageError('invalid_success', `not a success rule: "${text}"`, {
    hint: 'write 2xx, ok, 200, or codes like 200,202',
  })
}

/** Less than a minute is less than a restart of the receiver takes. */
function parsePause(text: string): number | null {
  if (text === 'never') return null
  const durationMs = isDuration(text) ? parseDurationMs(text) : 0
  if (durationMs >= 60_000) return durationMs
  throw usageError('invalid_pause_after', `--pause-after: "${text}" is not a minute or more`, {
    hint: 'write it like 5d or 12h, or never',
  })
}

const refuseRetry = (text: string): never => {
  throw usageError('invalid_retry', `not a retry plan: "${text}"`, {
    hint: 'write manual, 1m,5m,30m, exponential:10s,cap=1h,attempts=8,factor=2,jitter=0.2 or until-success:5m',
  })
}

function parseRetry(text: string): Retry {
  const [kind, rest = ''] = text.split(/:(.*)/s) as [string, string?]
  if (text === 'manual') return {kind: 'manual'}
  if (kind === 'until-success') return {kind, everyMs: parseDurationMs(rest)}
  if (kind === 'exponential') return parseExponential(text, rest)
  const delays = (kind === 'list' ? rest : text).split(',')
  return /^\d/.test(delays[0] ?? '')
    ? {kind: 'list', delaysMs: delays.map(delay => parseDurationMs(delay.trim()))}
    : refuseRetry(text)
}

function parseExponential(text: string, rest: string): Retry {
  const [base = '', ...parts] = rest.split(',')
  const options = Object.fromEntries(parts.map(part => part.split('=', 2) as [string, string]))
  const {cap = '1h', attempts = '8', factor = '2', jitter = '0.2', ...unknown} = options
  if (Object.keys(unknown).length > 0 || parts.some(part => !part.includes('='))) return refuseRetry(text)
  const numbers = {factor: Number(factor), attempts: Number(attempts), jitter: Number(jitter)}
  if (Object.values(numbers).some(number => !Number.isFinite(number))) return refuseRetry(text)
  return {kind: 'exponential', baseMs: parseDurationMs(base), capMs: parseDurationMs(cap), ...numbers}
}
