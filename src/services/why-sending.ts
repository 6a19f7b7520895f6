import type {Check} from '../domain/check.ts'
import type {Delivery} from '../domain/delivery.ts'
import {formatDuration} from '../domain/duration.ts'
import type {Event} from '../domain/event.ts'
import {argumentWord} from '../domain/shell-word.ts'
import {holds, type Webhook} from '../domain/webhook.ts'
import {HookctlError} from '../errors.ts'
import type {Deps} from './deps.ts'
import {render, type Target, withSettings} from './fan-out.ts'
import {whyNotSent} from './gate.ts'
import {toInstant} from './instants.ts'
import {restsUntil} from './queues.ts'
import {objectionTo} from './targets.ts'

/** Whether what is sent can be made, by the settings of each delivery that would be; none where nothing is to be sent. */
export function bodyChecks(event: Event, target: Target, wouldBe: readonly Delivery[]): readonly Check[] {
  const made = wouldBe.filter(({state}) => state !== 'skipped')
  return made.slice(0, 1).map(({rule}) => bodyCheck(event, target, made.find(isBroken)?.rule ?? rule))
}

const isBroken = ({reason}: Delivery): boolean => reason === 'render_failed'

function bodyCheck(event: Event, target: Target, rule: string | null): Check {
  const {webhook, spoken} = target
  const settings = spoken.platform.settingsFor?.(webhook, rule) ?? webhook.settings
  try {
    const {bytes} = render(event, withSettings(target, settings))
    return {name: 'body', holds: true, says: `the body has ${bytes.length} bytes`}
  } catch (error) {
    if (!(error instanceof HookctlError)) throw error
    return {name: 'body', holds: false, says: error.message}
  }
}

/** What becomes of a delivery when its turn comes, by the gate the worker asks. */
export function sendingChecks(webhook: Webhook, wouldBe: readonly Delivery[], now: number): readonly Check[] {
  const next = wouldBe.find(({state}) => state === 'pending' || state === 'held' || state === 'collecting')
  if (next === undefined) return []
  const move = whyNotSent(next, webhook, now)
  if (move !== null || holds(webhook)) return [{name: 'sending', holds: false, says: sayNotSent(webhook, move?.state)}]
  return [
    {name: 'sending', holds: true, says: next.state === 'collecting' ? sayCollects(webhook) : 'it is due at once'},
  ]
}

function sayNotSent({name, paused}: Webhook, state: Delivery['state'] | undefined): string {
  const enable = `until hookctl webhook enable ${argumentWord(name)}`
  if (paused !== null) return `paused (${paused.reason}): it is held ${enable}`
  return state === 'skipped' ? 'off when it would be sent: it is skipped' : `off: it is held ${enable}`
}

function sayCollects({policies: {batch}}: Webhook): string {
  if (batch === null) return 'it joins a batch'
  return `it joins a batch, sent after ${formatDuration(batch.everyMs)} or with ${batch.maxEvents} events`
}

/** What else stands between a delivery and its receiver: neither is looked at when an event is accepted. */
export async function outsideChecks(deps: Deps, {id, url}: Webhook): Promise<readonly Check[]> {
  const [enabled, objection] = await Promise.all([
    deps.store.worker.enabled(),
    url === null ? null : objectionTo(deps.targets, url),
  ])
  const rests = restsUntil(deps, id)
  return [
    {
      name: 'health',
      holds: rests === null,
      says:
        rests === null
          ? 'the webhook is not resting'
          : `it failed too often and rests: one delivery tries at ${toInstant(rests)}`,
    },
    {
      name: 'target',
      holds: objection === null,
      says: objection?.sentence ?? 'the target policy has nothing against the URL',
    },
    {
      name: 'worker',
      holds: enabled,
      says: enabled ? 'sending is switched on' : 'sending is switched off: hookctl worker enable',
    },
  ]
}
