import type {ChangeStore} from '../store.ts'
import {contexts} from './contexts.ts'
import {eventTypes} from './event-types.ts'
import type {Keeping} from './key.ts'
import {members} from './members.ts'
import {sources} from './sources.ts'
import type {Alone} from './store.ts'
import {refuseSince, webhooks} from './webhooks.ts'

export const changes = ({secretKey, location}: Keeping, write: Alone): ChangeStore => ({
  make: (all, seen) =>
    write(async transaction => {
      await refuseSince(transaction, seen)
      // The stores as ever, but what they write is part of the one transaction.
      const within: Alone = work => work(transaction)
      const parts: Parts = {
        contexts: contexts(transaction, within),
        members: members(transaction, within),
        webhooks: webhooks({...transaction, secretKey, location}, within),
        sources: sources({...transaction, secretKey, location}, within),
        eventTypes: eventTypes(transaction, within),
      }
      for (const change of all) {
        const method = parts[change.part]![change.method] as (...input: readonly unknown[]) => Promise<unknown>
        await method(...change.input)
      }
    }),
})

interface Part {
  readonly add: unknown
  readonly replace: unknown
  readonly remove: unknown
}

type Parts = Readonly<Record<string, Part>>
