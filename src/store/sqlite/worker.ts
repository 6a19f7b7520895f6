import type {Owner, WorkerStore} from '../store.ts'
import type {Connection} from './connection.ts'
import type {Direct} from './questions.ts'
import {writeTelling} from './telling.ts'
import type {Writer} from './writer.ts'

export function worker(connection: Connection, writer: Writer): Direct<WorkerStore> {
  const owner = () => {
    const row = connection
      .prepare('SELECT boot_id AS bootId, pid, host, since, heartbeat_at AS heartbeatAt FROM owner')
      .get()
    return row === undefined ? null : ({...row} as unknown as Owner)
  }
  return {
    isShared: false,

    enabled: () => connection.prepare('SELECT sending FROM store_state').get()?.sending === 1,

    setEnabled: (enabled, entry) =>
      writer.write(2, transaction => {
        const sending = enabled ? 1 : 0
        const {changes} = connection
          .prepare('UPDATE store_state SET sending = ? WHERE sending <> ?')
          .run(sending, sending)
        if (Number(changes) === 0) return false
        writeTelling(transaction, entry)
        return true
      }),

    owner,

    owners() {
      const held = owner()
      return held === null ? [] : [held]
    },

    own: ({bootId, pid, host, since, heartbeatAt}, staleBefore, deadBootId) =>
      writer.write(1, () => {
        const held = owner()
        const isFree =
          held === null || held.bootId === bootId || held.heartbeatAt < staleBefore || held.bootId === deadBootId
        if (!isFree) return false
        connection
          .prepare(
            'INSERT OR REPLACE INTO owner (one, boot_id, pid, host, since, heartbeat_at) VALUES (1, ?, ?, ?, ?, ?)',
          )
          .run(bootId, pid, host, since, heartbeatAt)
        return true
      }),

    renew: (bootId, now) =>
      writer.write(1, () => {
        const update = connection.prepare('UPDATE owner SET heartbeat_at = ? WHERE boot_id = ?')
        return Number(update.run(now, bootId).changes) === 1
      }),

    release: bootId =>
      writer.write(1, () => {
        connection.prepare('DELETE FROM owner WHERE boot_id = ?').run(bootId)
      }),
  }
}
