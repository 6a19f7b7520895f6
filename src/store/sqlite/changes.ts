import type {ChangeStore} from '../store.ts'
import type {Connection} from './connection.ts'
import {contexts} from './contexts.ts'
import {eventTypes} from './event-types.ts'
import {members} from './members.ts'
import type {Direct} from './questions.ts'
import {sources} from './sources.ts'
import {refuseSince, webhooks} from './webhooks.ts'
import type {Writer} from './writer.ts'

/** More than a commit takes together with others: it is made alone. */
const ROWS = 1024

export const changes = (connection: Connection, writer: Writer): Direct<ChangeStore> => ({
  make: (all, seen) =>
    writer.write(ROWS, transaction => {
      refuseSince(transaction, seen)
      // The stores as ever, but what they write is part of the one transaction.
      const within: Writer = {write: (_, work) => work(transaction) as never, end() {}}
      const parts = {
        contexts: contexts(connection, within),
        members: members(connection, within),
        webhooks: webhooks(connection, within),
        sources: sources(connection, within),
        eventTypes: eventTypes(connection, within),
      }
      for (const change of all) {
        const method = parts[change.part][change.method] as (...input: readonly unknown[]) => unknown
        method(...change.input)
      }
    }),
})
