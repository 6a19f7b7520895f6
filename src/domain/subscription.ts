import type {Problem} from './platform.ts'
import type {Webhook} from './webhook.ts'

const LONGEST_PATTERN = 200

/**
 * Whether a pattern matches an event type: exactly, or with stars that stand for any run of characters, none included.
 * `node.*` matches `node.added`, `*.created` matches `dcim.site.created`, `*` matches all. Case counts.
 */
export function matches(pattern: string, type: string): boolean {
  const parts = pattern.split('*')
  if (parts.length === 1) return pattern === type
  const first = parts[0] as string
  const last = parts.at(-1) as string
  if (!type.startsWith(first) || !type.endsWith(last)) return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = type.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return at <= type.length - last.length
}

/** Whether a webhook is subscribed to an event type: any one of its patterns matches. */
export const wants = (webhook: Pick<Webhook, 'eventTypes'>, type: string): boolean =>
  webhook.eventTypes.some(pattern => matches(pattern, type))

/**
 * What is wrong with the spelling of a pattern, or null. Whether the platform knows what it names is
 * `platform.acceptsPattern`'s to say.
 */
export function checkPattern(pattern: string): Omit<Problem, 'path'> | null {
  if (pattern === '') return bad('an event type may not be empty')
  if (pattern.length > LONGEST_PATTERN) return bad(`an event type has at most ${LONGEST_PATTERN} characters`)
  if (!/^[\w.*-]+$/.test(pattern)) return bad(`not an event type: "${pattern}"`)
  if (/^\.|\.\.|\.$/.test(pattern)) return bad(`not an event type: "${pattern}" has an empty part`)
  return null
}

const bad = (message: string): Omit<Problem, 'path'> => ({
  code: 'bad_event_type',
  message,
  hint: 'letters, digits, _ and - in parts joined by dots; * stands for any run of characters: node.*, *.created, *',
})
