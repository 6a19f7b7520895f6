import type {Webhook} from '../domain/webhook.ts'
import type {Store} from '../store/store.ts'

type ById = ReadonlyMap<string, Webhook>

/** Webhooks as they are at this moment. */
export interface Directory {
  find(organizationId: number, id: string): Promise<Webhook | null>
}

/**
 * Asks the store each time: it answers the same list until a webhook changes, here or in another process, so no answer
 * is ever old and most are free.
 */
export function createDirectory(store: Pick<Store, 'webhooks'>): Directory {
  const indexes = new WeakMap<readonly Webhook[], ById>()
  return {
    async find(organizationId, id) {
      const all = await store.webhooks.all(organizationId)
      const index = indexes.get(all) ?? new Map(all.map(webhook => [webhook.id, webhook]))
      indexes.set(all, index)
      return index.get(id) ?? null
    },
  }
}
