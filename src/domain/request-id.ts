import type {Header} from './webhook.ts'

/** What senders give a request an id by, and give again when they repeat it. */
export const ID_HEADERS = [
  'X-Hook-Delivery',
  'webhook-id',
  'svix-id',
  'X-GitHub-Delivery',
  'Linear-Delivery',
  'X-Shopify-Webhook-Id',
  'Twitch-Eventsub-Message-Id',
  'Idempotency-Key',
]

/**
 * The same for a request that is repeated, and another one for every other; null where its sender gives none.
 *
 * @param signed the header whose id is part of what is signed: it says more than what anybody could have added
 */
export function requestIdIn(headers: readonly Header[], signed?: string): string | null {
  const lines = headers.map(([name, value]) => [name.toLowerCase(), value] as const)
  for (const header of signed === undefined ? ID_HEADERS : [signed, ...ID_HEADERS]) {
    const wanted = header.toLowerCase()
    const found = lines.find(([name, value]) => name === wanted && value !== '')
    if (found !== undefined) return `${wanted} ${found[1]}`
  }
  return null
}
