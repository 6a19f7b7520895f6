import type {Member} from '../../domain/organization.ts'
import {conflictError} from '../../errors.ts'
import {refuseChanged} from '../meanwhile.ts'
import {toMember} from '../sqlite/rows.ts'
import type {Acceptance, MemberStore} from '../store.ts'
import {accept} from './accept.ts'
import type {Questions} from './connection.ts'
import {keyedPage} from './keyed.ts'
import type {Alone} from './store.ts'
import type {Transaction} from './transaction.ts'

const KEYED = {table: 'members', key: 'user_name'}

export function members(database: Questions, write: Alone): MemberStore {
  const change = (was: Member, event: Acceptance, work: (transaction: Transaction) => Promise<void>) =>
    write(async transaction => {
      refuseChanged(`the member "${was.user}"`, await find(transaction, was.organizationId, was.user), was)
      await work(transaction)
      await accept(transaction, [event])
    })
  return {
    find: (organizationId, user) => find(database, organizationId, user),
    list: (organizationId, page) => keyedPage(database, KEYED, organizationId, page, toMember),

    add: (member, event) =>
      write(async transaction => {
        const {organizationId, user, email, role, createdAt} = member
        if ((await find(transaction, organizationId, user)) !== null) throw exists(user)
        await transaction.run(
          'INSERT INTO members (organization_id, user_name, email, role, created_at) VALUES ($1, $2, $3, $4, $5)',
          ...[organizationId, user, email, role, createdAt],
        )
        await accept(transaction, [event])
      }),

    replace: (member, event, {was}) =>
      change(was, event, async transaction => {
        const {organizationId, user, email, role} = member
        if (role !== 'owner') await refuseLastOwner(transaction, was)
        await transaction.run(
          'UPDATE members SET email = $1, role = $2 WHERE organization_id = $3 AND user_name = $4',
          ...[email, role, organizationId, user],
        )
      }),

    remove: (member, event) =>
      change(member, event, async transaction => {
        await refuseLastOwner(transaction, member)
        for (const table of ['members', 'tokens']) {
          await transaction.run(
            `DELETE FROM ${table} WHERE organization_id = $1 AND user_name = $2`,
            member.organizationId,
            member.user,
          )
        }
      }),
  }
}

async function find(questions: Questions, organizationId: number, user: string): Promise<Member | null> {
  const row = await questions.one(
    'SELECT * FROM members WHERE organization_id = $1 AND user_name = $2',
    organizationId,
    user,
  )
  return row === undefined ? null : toMember(row)
}

/** Nobody could delete the organization any more, nor make another owner. */
async function refuseLastOwner(questions: Questions, {organizationId, user, role}: Member): Promise<void> {
  if (role !== 'owner') return
  const other = await questions.one(
    "SELECT 1 AS other FROM members WHERE organization_id = $1 AND role = 'owner' AND user_name <> $2",
    organizationId,
    user,
  )
  if (other !== undefined) return
  throw conflictError('last_owner', `"${user}" is the last owner of the organization`, {
    path: 'user',
    hint: 'make another member owner first: hookctl member edit USER --role owner',
  })
}

const exists = (user: string) =>
  conflictError('member_exists', `"${user}" is a member already`, {
    path: 'user',
    hint: 'change the role: hookctl member edit USER --role ROLE',
  })
