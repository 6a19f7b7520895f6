import type {Header} from './webhook.ts'

/** What senders give a request an id by, and give again when they repeat it. */
const ID_HEADERS = [
  'x-hook-delivery',
  'webhook-id',
  'svix-id',
  'x-github-delivery',
  'linear-delivery',
  'x-shopify-webhook-id',
  'idempotency-key',
]

/**
 * The same for a request that is repeated, and another one for every other; null where its sender gives none.
 *
 * @param signed the header whose id is part of what is signed: it says more than what anybody could have added
 */
export function requestIdIn(headers: readonly Header[], signed?: string): string | null {
  const lines = headers.map(([name, value]) => [name.toLowerCase(), value] as const)
  for (const wanted of signed === undefined ? ID_HEADERS : [signed.toLowerCase(), ...ID_HEADERS]) {
    const found = lines.find(([name, value]) => name === wanted && value !== '')
    if (found !== undefined) return `${wanted} ${found[1]}`
  }
  return null
}
