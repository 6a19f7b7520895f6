import {conflictError} from '../../errors.ts'
import type {ChangeStore, ConfigurationChange} from '../store.ts'
import type {Connection} from './connection.ts'
import {contexts} from './contexts.ts'
import {members} from './members.ts'
import type {Direct} from './questions.ts'
import {webhooks} from './webhooks.ts'
import type {Writer} from './writer.ts'

/** More than a commit takes together with others: it is made alone. */
const ROWS = 1024

export const changes = (connection: Connection, writer: Writer): Direct<ChangeStore> => ({
  make: all =>
    writer.write(ROWS, transaction => {
      // The stores as ever, but what they write is part of the one transaction.
      const within: Writer = {write: (_, work) => work(transaction) as never, end() {}}
      const parts = {
        contexts: contexts(connection, within),
        members: members(connection, within),
        webhooks: webhooks(connection, within),
      }
      for (const change of all) {
        refuseOther(change, parts)
        const method = parts[change.part][change.method] as (...input: readonly unknown[]) => unknown
        method(...change.input)
      }
    }),
})

interface Parts {
  readonly [part: string]: {find(organizationId: number, key: string): unknown}
}

function refuseOther({part, was}: ConfigurationChange, parts: Parts): void {
  if (was === undefined) return
  const key = 'user' in was ? was.user : was.id
  const is = parts[part]!.find(was.organizationId, key)
  if (JSON.stringify(is) === JSON.stringify(was)) return
  throw conflictError('changed_meanwhile', `the ${part.slice(0, -1)} "${key}" was changed by somebody else meanwhile`, {
    hint: 'nothing was changed; look again and repeat',
  })
}
