import type {Connection} from './connection.ts'
import {closedError, translate} from './failure.ts'
import {inTransaction, type Transaction} from './transaction.ts'

type Write<T> = (transaction: Transaction) => T

export interface Writer {
  /**
   * Runs `work` in a transaction, together with whatever else waits; resolves when the commit has reached the disk.
   *
   * @param rows about how much it writes: a commit takes up to 1024 in all, or one bigger work alone
   */
  write<T>(rows: number, work: Write<T>): Promise<T>
  /** Writes what waits, then refuses. */
  end(): void
}

interface Waiting {
  readonly rows: number
  readonly work: Write<unknown>
  readonly resolve: (result: never) => void
  readonly reject: (error: unknown) => void
}

/** Above this a bigger commit is no cheaper per row, only later (measured: the knee is at 64 to 256). */
const ROWS_PER_COMMIT = 1024

/**
 * One queue for all writes of this process: everything asked for in one turn of the event loop, and everything that
 * arrives while a commit runs, shares the next commit and its wait for the disk.
 */
export function createWriter(connection: Connection, written: () => void): Writer {
  let waiting: Waiting[] = []
  let isPlanned = false
  let isEnded = false

  const plan = () => {
    if (isPlanned || waiting.length === 0) return
    isPlanned = true
    setImmediate(() => {
      isPlanned = false
      flush()
      plan()
    })
  }

  const flush = () => {
    const count = countForCommit(waiting)
    const batch = waiting.slice(0, count)
    waiting = waiting.slice(count)
    if (batch.length > 0 && commit(connection, batch)) written()
  }

  return {
    write(rows, work) {
      if (isEnded) return Promise.reject(closedError(connection.location))
      return new Promise((resolve, reject) => {
        waiting.push({rows, work, resolve, reject})
        plan()
      })
    },
    end() {
      isEnded = true
      while (waiting.length > 0) flush()
    },
  }
}

function countForCommit(waiting: readonly Waiting[]): number {
  let rows = 0
  const count = waiting.findIndex((one, index) => {
    rows += one.rows
    return index > 0 && rows > ROWS_PER_COMMIT
  })
  return count === -1 ? waiting.length : count
}

/** Answers whether anything was committed. */
function commit(connection: Connection, batch: readonly Waiting[]): boolean {
  try {
    const results = inTransaction(connection, transaction => batch.map(one => one.work(transaction)))
    for (const [index, one] of batch.entries()) one.resolve(results[index] as never)
    return true
  } catch (error) {
    if (batch.length > 1 && !isOfTheStore(error)) return commitOneByOne(connection, batch)
    for (const one of batch) one.reject(translate(error, connection.location))
    return false
  }
}

/** One of them cannot be written; its neighbours can. Nothing was, so each is tried again by itself. */
const commitOneByOne = (connection: Connection, batch: readonly Waiting[]): boolean =>
  batch.map(one => commit(connection, [one])).includes(true)

const storeKinds = new Set(['unreachable'])

/** Whether it would fail each of them the same: the disk is full, another process holds the file… */
function isOfTheStore(error: unknown): boolean {
  const translated = translate(error, '') as {kind?: string}
  return storeKinds.has(translated.kind ?? '')
}
