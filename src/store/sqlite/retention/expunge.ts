import {type DeliveryState, isFinished} from '../../../domain/delivery.ts'
import {conflictError, notFoundError} from '../../../errors.ts'
import type {Expunged, ExpungeQuestion} from '../../store.ts'
import {type Connection, pragma} from '../connection.ts'
import {writeTelling} from '../telling.ts'
import type {Transaction} from '../transaction.ts'
import type {Writer} from '../writer.ts'
import {dropDeliveryContent, dropEventContent} from './contents.ts'
import {isNeeded} from './prunable.ts'

/** What is taken away is overwritten in the file, and the log that still has it is emptied. */
export async function expunge(
  connection: Connection,
  writer: Writer,
  {deliveryIds, entries}: ExpungeQuestion,
): Promise<Expunged> {
  const expunged = await writer.write(deliveryIds.length * 4, transaction =>
    securely(connection, () => {
      const events = deliveryIds.flatMap(id => expungeDelivery(transaction, id))
      for (const entry of entries) writeTelling(transaction, entry)
      return expungeEvents(connection, [...new Set(events)])
    }),
  )
  // Somebody who reads keeps it for now; the next checkpoint takes it then.
  if (connection.file !== null) connection.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  return expunged
}

function securely<T>(connection: Connection, work: () => T): T {
  const before = Number(pragma(connection.database, 'secure_delete'))
  connection.database.exec('PRAGMA secure_delete = on')
  try {
    return work()
  } finally {
    connection.database.exec(`PRAGMA secure_delete = ${before}`)
  }
}

/** Answers the row numbers of its events. */
function expungeDelivery(transaction: Transaction, id: string): readonly number[] {
  const {connection} = transaction
  const row = connection.prepare('SELECT seq, event, batch, state FROM deliveries WHERE id = ?').get(id)
  if (row === undefined)
    throw notFoundError('delivery_not_found', `no delivery "${id}"`, {hint: 'hookctl delivery list'})
  if (!isFinished(row.state as DeliveryState)) {
    throw conflictError('delivery_not_over', `delivery ${id} is ${row.state}: its content is still to be sent`, {
      hint: `stop it first: hookctl delivery cancel ${id}`,
    })
  }
  dropDeliveryContent(transaction, row.seq as number, 'expunged')
  if (row.batch === null) return [row.event as number]
  return connection
    .prepare('SELECT event FROM batch_events WHERE batch = ?')
    .all(row.batch as number)
    .map(({event}) => event as number)
}

/** Of events the data goes too, also from the history, where no other delivery has it. */
function expungeEvents(connection: Connection, seqs: readonly number[]): Expunged {
  const shared =
    connection.prepare(`SELECT e.id, ${isNeeded("d.content_gone IS NOT 'expunged'")} AS shared FROM events e
    WHERE e.seq = ?`)
  const rows = seqs.map(seq => ({seq, ...(shared.get(seq) as {id: string; shared: number})}))
  const own = rows.filter(row => row.shared === 0)
  for (const {seq} of own) {
    dropEventContent(connection, seq, 'expunged')
    forgetInHistory(connection, seq)
  }
  return {eventIds: own.map(({id}) => id), keptEventIds: rows.filter(row => row.shared === 1).map(({id}) => id)}
}

const forgetInHistory = (connection: Connection, event: number) =>
  connection
    .prepare(`UPDATE history SET before = NULL, after = NULL WHERE seq IN (SELECT h.seq FROM events e
      CROSS JOIN history h INDEXED BY history_by_object ON h.organization_id = e.organization_id
        AND h.object_id = e.object_id AND h.event_id = e.id WHERE e.seq = ?)`)
    .run(event)
