import {type DeliveryState, isFinished} from '../../../domain/delivery.ts'
import {conflictError, notFoundError} from '../../../errors.ts'
import type {Expunged, ExpungeQuestion, RetentionStore} from '../../store.ts'
import type {Database} from '../connection.ts'
import {writeTellings} from '../history.ts'
import type {Alone} from '../store.ts'
import type {Transaction} from '../transaction.ts'
import {dropDeliveryContents, dropEventContents} from './contents.ts'
import {isNeeded} from './prunable.ts'
import {prune} from './prune.ts'

export const retention = (database: Database, write: Alone): RetentionStore => ({
  prune: question => prune(database, write, question),
  expunge: question => write(transaction => expunge(transaction, question)),
  // The server's own vacuum makes the room free for what comes next; giving it back to the disk is the operator's to do.
  async compact() {
    for (const table of ['bodies', 'events', 'delivery_records', 'delivery_states', 'attempts', 'feed', 'history']) {
      await database.run(`VACUUM ${table}`)
    }
  },
})

async function expunge(transaction: Transaction, {deliveryIds, entries}: ExpungeQuestion): Promise<Expunged> {
  const events: number[] = []
  for (const id of deliveryIds) events.push(...(await expungeDelivery(transaction, id)))
  await writeTellings(transaction, entries)
  return expungeEvents(transaction, [...new Set(events)])
}

/** Answers the row numbers of its events. */
async function expungeDelivery(transaction: Transaction, id: string): Promise<readonly number[]> {
  const row = await transaction.one('SELECT seq, event, batch, state FROM deliveries WHERE id = $1', id)
  if (row === undefined) {
    throw notFoundError('delivery_not_found', `no delivery "${id}"`, {hint: 'hookctl delivery list'})
  }
  if (!isFinished(row.state as DeliveryState)) {
    throw conflictError('delivery_not_over', `delivery ${id} is ${row.state}: its content is still to be sent`, {
      hint: `stop it first: hookctl delivery cancel ${id}`,
    })
  }
  await dropDeliveryContents(transaction, [row.seq as number], 'expunged')
  if (row.batch === null) return [row.event as number]
  const rows = await transaction.all('SELECT event FROM batch_events WHERE batch = $1', row.batch as number)
  return rows.map(({event}) => event as number)
}

/** Of events the data goes too, also from the history, where no other delivery has it. */
async function expungeEvents(transaction: Transaction, seqs: readonly number[]): Promise<Expunged> {
  const rows = await transaction.all(
    `SELECT e.seq, e.id, ${isNeeded("d.content_gone IS DISTINCT FROM 'expunged'")} AS shared FROM events e
      WHERE e.seq = ANY($1) ORDER BY e.seq`,
    [...seqs],
  )
  const isShared = ({shared}: (typeof rows)[number]) => shared as unknown as boolean
  const own = rows.filter(row => !isShared(row))
  await dropEventContents(
    transaction,
    own.map(({seq}) => seq as number),
    'expunged',
  )
  await transaction.run(
    'UPDATE history SET before = NULL, after = NULL WHERE event_id = ANY($1)',
    own.map(({id}) => id as string),
  )
  return {eventIds: own.map(({id}) => id as string), keptEventIds: rows.filter(isShared).map(({id}) => id as string)}
}
