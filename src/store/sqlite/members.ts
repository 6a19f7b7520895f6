import type {Member} from '../../domain/organization.ts'
import {conflictError} from '../../errors.ts'
import {refuseChanged} from '../meanwhile.ts'
import type {Acceptance, MemberStore} from '../store.ts'
import {accept} from './accept.ts'
import type {Connection} from './connection.ts'
import {keyedPage} from './keyed.ts'
import type {Direct} from './questions.ts'
import {type AnyRow, toMember} from './rows.ts'
import type {Writer} from './writer.ts'

const KEYED = {table: 'members', key: 'user_name'}

export function members(connection: Connection, writer: Writer): Direct<MemberStore> {
  const find = (organizationId: number, user: string) => {
    const row = connection
      .prepare('SELECT * FROM members WHERE organization_id = ? AND user_name = ?')
      .get(organizationId, user)
    return row === undefined ? null : toMember(row as AnyRow)
  }
  const change = (was: Member, event: Acceptance, write: () => void) =>
    writer.write(2 + event.deliveries.length, transaction => {
      refuseChanged(`the member "${was.user}"`, find(was.organizationId, was.user), was)
      write()
      accept(transaction, [event])
    })
  return {
    find,
    list: (organizationId, page) => keyedPage(connection, KEYED, organizationId, page, toMember),

    add: (member, event) =>
      writer.write(2 + event.deliveries.length, transaction => {
        const {organizationId, user, email, role, createdAt} = member
        if (find(organizationId, user) !== null) throw exists(user)
        connection
          .prepare('INSERT INTO members (organization_id, user_name, email, role, created_at) VALUES (?, ?, ?, ?, ?)')
          .run(organizationId, user, email, role, createdAt)
        accept(transaction, [event])
      }),

    replace: (member, event, {was}) =>
      change(was, event, () => {
        const {organizationId, user, email, role} = member
        if (role !== 'owner') refuseLastOwner(connection, was)
        connection
          .prepare('UPDATE members SET email = ?, role = ? WHERE organization_id = ? AND user_name = ?')
          .run(email, role, organizationId, user)
      }),

    remove: (member, event) =>
      change(member, event, () => {
        refuseLastOwner(connection, member)
        for (const table of ['members', 'tokens']) {
          connection
            .prepare(`DELETE FROM ${table} WHERE organization_id = ? AND user_name = ?`)
            .run(member.organizationId, member.user)
        }
      }),
  }
}

/** Nobody could delete the organization any more, nor make another owner. */
function refuseLastOwner(connection: Connection, {organizationId, user, role}: Member): void {
  if (role !== 'owner') return
  const other = connection
    .prepare("SELECT 1 FROM members WHERE organization_id = ? AND role = 'owner' AND user_name <> ?")
    .get(organizationId, user)
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
