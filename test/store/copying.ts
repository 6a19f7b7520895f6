import {openStore} from '../../src/store/open.ts'
import {aHistoryEntry, anEventType, anOAuth, aSource, NOON} from '../harness/factories.ts'
import {failure, success, withDelivery, withWebhook} from './conformance/setting.ts'

/** A store with something of everything, bytes that are no text and text with a NUL included; the id of what arrived. */
export async function fill(location: string, secretKey: string | null = null): Promise<string> {
  const store = await openStore(location, {now: () => NOON, secretKey})
  const webhook = await withWebhook(store, {
    description: 'a\0b “ü”',
    secrets: [{value: 'test-webhook-secret', createdAt: NOON, expiresAt: null}],
    oauth: anOAuth({scope: 'a b'}),
  })
  await store.sources.add(
    aSource({secrets: [{value: 'test-source-secret', createdAt: NOON, expiresAt: null}]}),
    aHistoryEntry(),
  )
  await store.eventTypes.add(anEventType(), aHistoryEntry())
  const delivered = await withDelivery(store, webhook)
  await store.deliveries.record([success(delivered)])
  await store.deliveries.record([failure(await withDelivery(store, webhook))])
  await store.history.add([aHistoryEntry()])
  await store.worker.setEnabled(false, aHistoryEntry())
  await store.close()
  return delivered.id
}
