import {conflictError} from '../../errors.ts'
import type {ChangeStore, ConfigurationChange} from '../store.ts'
import type {Database} from './connection.ts'
import {contexts} from './contexts.ts'
import {members} from './members.ts'
import type {Alone} from './store.ts'
import {webhooks} from './webhooks.ts'

export const changes = ({secretKey}: Pick<Database, 'secretKey'>, write: Alone): ChangeStore => ({
  make: all =>
    write(async transaction => {
      // The stores as ever, but what they write is part of the one transaction.
      const within: Alone = work => work(transaction)
      const parts: Parts = {
        contexts: contexts(transaction, within),
        members: members(transaction, within),
        webhooks: webhooks({...transaction, secretKey}, within),
      }
      for (const change of all) {
        await refuseOther(change, parts)
        const method = parts[change.part]![change.method] as (...input: readonly unknown[]) => Promise<unknown>
        await method(...change.input)
      }
    }),
})

interface Part {
  find(organizationId: number, key: string): Promise<unknown>
  readonly add: unknown
  readonly replace: unknown
  readonly remove: unknown
}

type Parts = Readonly<Record<string, Part>>

async function refuseOther({part, was}: ConfigurationChange, parts: Parts): Promise<void> {
  if (was === undefined) return
  const key = 'user' in was ? was.user : was.id
  const is = await parts[part]!.find(was.organizationId, key)
  if (JSON.stringify(is) === JSON.stringify(was)) return
  throw conflictError('changed_meanwhile', `the ${part.slice(0, -1)} "${key}" was changed by somebody else meanwhile`, {
    hint: 'nothing was changed; look again and repeat',
  })
}
