import type {Output} from '../api/operations.ts'
import type {Client} from '../client/client.ts'
import {formatDuration} from '../domain/duration.ts'
import {type RetryPlan, retryPlan} from '../domain/retry-plan.ts'
import {conflictError, usageError} from '../errors.ts'
import {describeRetry} from './columns/webhook.ts'
import {platformNamed} from './platform-named.ts'
import {policiesFrom} from './policy-flags.ts'
import {formatInstant} from './time.ts'

type Policies = Output<'webhook.show'>['policies']

interface PreviewFlags {
  readonly platform?: string | undefined
  readonly retry?: string | undefined
  readonly at?: string | undefined
  readonly limit: number
}

/** What the plan is of, and when its next attempt is due. */
interface Subject {
  readonly of: string
  readonly policies: Pick<Policies, 'retry'> & Partial<Pick<Policies, 'timeoutMs' | 'pauseAfterMs'>>
  readonly next: number
  /** Ms. */
  readonly at: number
}

export interface Preview {
  readonly of: string
  readonly retry: Policies['retry']
  readonly policy: string
  readonly attempts: readonly {
    readonly attempt: number
    readonly at: string
    readonly earliest: string
    readonly latest: string
    readonly delayMs: number | null
  }[]
  /** The number of the last attempt, and when it is made at the latest; null where it is never given up. */
  readonly givesUp: {readonly after: number; readonly at: string; readonly latest: string} | null
  readonly notes: readonly string[]
}

/**
 * When a delivery would be tried if every attempt failed: of a webhook, a platform, a plan of one's own; of a delivery
 * that waits from its next attempt on.
 *
 * @throws usage `missing_value`, `invalid_retry`; conflict `delivery_over`; what `show` throws for a name that is none
 */
export async function previewRetries(
  client: () => Promise<Client>,
  organization: string,
  target: string | undefined,
  flags: PreviewFlags & {readonly now: number},
): Promise<Preview> {
  const subject = await subjectOf(client, organization, target, flags)
  const {retry} = subject.policies
  const plan = retryPlan(retry, subject, flags.limit)
  return {
    of: subject.of,
    retry,
    policy: describeRetry(retry),
    attempts: plan.attempts.map(({attempt, delayMs, at, earliest, latest}) => ({
      attempt,
      at: formatInstant(at),
      earliest: formatInstant(earliest),
      latest: formatInstant(latest),
      delayMs,
    })),
    givesUp: endOf(retry, subject, plan),
    notes: notesOf(subject, plan),
  }
}

async function subjectOf(
  client: () => Promise<Client>,
  organization: string,
  target: string | undefined,
  {platform, retry, at, now}: PreviewFlags & {readonly now: number},
): Promise<Subject> {
  const given = retry === undefined ? undefined : await checkedRetry(retry)
  const start = {next: 1, at: at === undefined ? now : Date.parse(at)}
  if (target !== undefined && /^dlv_/.test(target)) {
    if (at !== undefined) throw usageError('unexpected_value', 'a delivery has its time already: leave out --at')
    return deliverySubject(await client(), organization, target, given)
  }
  if (target !== undefined) {
    const {name, policies} = await (await client()).call('webhook.show', {organization, webhook: target})
    return {of: `webhook ${name}`, policies: withRetry(policies, given), ...start}
  }
  if (platform !== undefined) {
    const shown = await platformNamed(await client(), platform)
    return {of: `platform ${shown.name}@${shown.version}`, policies: withRetry(shown.policies, given), ...start}
  }
  if (given !== undefined) return {of: 'the plan given', policies: {retry: given}, ...start}
  throw usageError('missing_value', 'of what? name a webhook or a delivery, or give --platform or --retry', {
    hint: 'hookctl retry preview --retry exponential:10s,cap=1h,attempts=8',
  })
}

/** As it would be refused with a webhook: a plan without bounds has no end to print. */
async function checkedRetry(text: string): Promise<Policies['retry']> {
  const [{policies}, {parseInput}] = await Promise.all([import('../api/policies.ts'), import('../api/parse.ts')])
  const {retry} = parseInput(policies().pick({retry: true}), policiesFrom({retry: text})) as Pick<Policies, 'retry'>
  return retry
}

const withRetry = <P extends Pick<Policies, 'retry'>>(policies: P, retry: Policies['retry'] | undefined): P =>
  retry === undefined ? policies : {...policies, retry}

async function deliverySubject(
  client: Client,
  organization: string,
  id: string,
  given: Policies['retry'] | undefined,
): Promise<Subject> {
  const {delivery} = await client.call('delivery.show', {organization, delivery: id})
  const {state, dueAt, attemptCount, webhookId, webhook} = delivery
  if (state !== 'pending' || dueAt === null) {
    throw conflictError('delivery_over', `delivery ${id} is ${state}: no attempt is planned`, {
      hint: `hookctl retry preview ${webhook} says how a new one is tried`,
    })
  }
  const {policies} = await client.call('webhook.show', {organization, webhook: webhookId})
  return {
    of: `delivery ${id} to ${webhook}, after ${attemptCount} attempts`,
    policies: withRetry(policies, given),
    next: attemptCount + 1,
    at: Date.parse(dueAt),
  }
}

/** Counted to the end, also where not all of it is shown. */
function endOf(retry: Policies['retry'], subject: Subject, {last}: RetryPlan): Preview['givesUp'] {
  if (last === null) return null
  const end = retryPlan(retry, subject, last - subject.next + 1).attempts.at(-1)
  return end === undefined ? null : {after: last, at: formatInstant(end.at), latest: formatInstant(end.latest)}
}

function notesOf({policies: {retry, timeoutMs, pauseAfterMs}, next}: Subject, {attempts, last}: RetryPlan): string[] {
  const shown = next + attempts.length - 1
  const hasMore = last === null || shown < last
  return [
    ...(hasMore ? [`attempts after ${shown} are not shown: --limit N`] : []),
    ...(retry.kind === 'manual' ? ['then only when a person replays it: hookctl delivery replay'] : []),
    ...(attempts.length > 1
      ? [
          `a delay begins when the attempt before has ended${timeoutMs === undefined ? '' : `, which takes up to ${formatDuration(timeoutMs)}`}; Retry-After makes it longer, at most twice as long`,
        ]
      : []),
    ...(retry.kind === 'until-success' ? [] : ['an answer of 410 ends it at once']),
    ...(attempts.length > 4
      ? ['a webhook that fails five times in a row rests in between: hookctl webhook show NAME says whether it does']
      : []),
    ...(pauseAfterMs == null || retry.kind === 'until-success'
      ? []
      : [`a webhook that fails for ${formatDuration(pauseAfterMs)} is paused, and what it is owed waits`]),
  ]
}
