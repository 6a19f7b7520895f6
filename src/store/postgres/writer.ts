import {HookctlError} from '../../errors.ts'
import type {Database} from './connection.ts'
import {closedError} from './failure.ts'
import {inTransaction, type Transaction} from './transaction.ts'

/** Writes of one kind: what comes while a commit is on its way shares the next one. */
export interface Writer<Work> {
  write<T>(work: Work): Promise<T>
  /** Resolves when what waits is written; what comes later is refused. */
  end(): Promise<void>
}

export interface WriterOptions<Work> {
  /** See `inTransaction`. */
  readonly alone: (works: readonly Work[]) => boolean
  /** Of how much is made one commit at the most. */
  readonly most: number
  /** About how many rows a piece of work writes. */
  readonly rows: (work: Work) => number
  /** Does all of it, in the order given; answers one result each. */
  readonly all: (transaction: Transaction, works: readonly Work[]) => Promise<readonly unknown[]>
}

interface Waiting<Work> {
  readonly work: Work
  readonly resolve: (result: never) => void
  readonly reject: (error: unknown) => void
}

export function createWriter<Work>(
  database: Database,
  {alone, most, rows, all}: WriterOptions<Work>,
  written: () => void,
): Writer<Work> {
  let waiting: Waiting<Work>[] = []
  let isEnded = false
  let running: Promise<void> | null = null

  async function run(): Promise<void> {
    // What was asked for in this turn of the event loop belongs together.
    await new Promise<void>(resolve => setImmediate(resolve))
    while (waiting.length > 0) {
      const count = countOf(waiting, most, rows)
      const batch = waiting.slice(0, count)
      waiting = waiting.slice(count)
      if (await commit(batch)) written()
    }
    // In the same turn in which nothing was left: what comes next begins anew.
    running = null
  }

  async function commit(batch: readonly Waiting<Work>[]): Promise<boolean> {
    try {
      const works = batch.map(({work}) => work)
      const results = await inTransaction(database, alone(works), transaction => all(transaction, works))
      for (const [index, {resolve}] of batch.entries()) resolve(results[index] as never)
      return true
    } catch (error) {
      if (batch.length > 1 && !isOfTheStore(error)) return oneByOne(batch)
      for (const {reject} of batch) reject(error)
      return false
    }
  }

  /** One of them cannot be written; its neighbours can. Nothing was, so each is tried again by itself. */
  async function oneByOne(batch: readonly Waiting<Work>[]): Promise<boolean> {
    let some = false
    for (const one of batch) some = (await commit([one])) || some
    return some
  }

  return {
    write(work) {
      if (isEnded) return Promise.reject(closedError(database.location))
      return new Promise((resolve, reject) => {
        waiting.push({work, resolve, reject})
        running ??= run()
      })
    },
    async end() {
      isEnded = true
      await running
    },
  }
}

function countOf<Work>(waiting: readonly Waiting<Work>[], most: number, rows: (work: Work) => number): number {
  let sum = 0
  const count = waiting.findIndex(({work}, index) => {
    sum += rows(work)
    return index > 0 && sum > most
  })
  return count === -1 ? waiting.length : count
}

/** Whether it would fail each of them the same: the server is gone, full, busy. */
const isOfTheStore = (error: unknown): boolean => error instanceof HookctlError && error.kind === 'unreachable'
