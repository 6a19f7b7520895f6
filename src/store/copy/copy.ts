import {createHash, type Hash} from 'node:crypto'
import {conflictError, HookctlError, usageError} from '../../errors.ts'
import {followsFromTheRest} from '../json/text.ts'
import {locate} from '../open.ts'

/** A value of a column as both databases have it: bytes, text, a number, or nothing. */
export type Cell = string | number | null | Uint8Array
export type Row = Readonly<Record<string, Cell>>

/** A table with the columns that tell its rows apart, in the order in which they are read. */
export interface Table {
  readonly name: string
  readonly key: readonly string[]
}

/**
 * What is copied, in this order. What is not says who sends at the moment (`owner`, `owners`, `claims`), or is of one
 * backend alone.
 */
export const TABLES: readonly Table[] = [
  {name: 'organizations', key: ['id']},
  {name: 'contexts', key: ['organization_id', 'id']},
  {name: 'members', key: ['organization_id', 'user_name']},
  {name: 'tokens', key: ['seq']},
  {name: 'webhooks', key: ['seq']},
  {name: 'sources', key: ['seq']},
  {name: 'event_types', key: ['organization_id', 'name']},
  {name: 'webhook_health', key: ['webhook']},
  {name: 'events', key: ['seq']},
  {name: 'bodies', key: ['seq']},
  {name: 'deliveries', key: ['seq']},
  {name: 'replays', key: ['seq']},
  {name: 'replay_items', key: ['replay', 'webhook', 'at', 'number']},
  {name: 'batch_events', key: ['batch', 'position']},
  {name: 'open_batches', key: ['webhook']},
  {name: 'delivery_counts', key: ['organization_id', 'webhook', 'state']},
  {name: 'attempts', key: ['seq']},
  {
    name: 'attempt_counts',
    key: ['organization_id', 'at', 'webhook', 'event_type', 'trigger', 'status', 'error_class', 'bin'],
  },
  {name: 'history', key: ['seq']},
  {name: 'tracked_objects', key: ['seq']},
  {name: 'feed', key: ['organization_id', 'kind', 'seq']},
]

/** A store whose rows are read as they stand at one moment. */
export interface Source {
  readonly location: string
  columns(table: string): Promise<readonly string[]>
  /** All rows by their key, some at a time. */
  rows(table: Table, columns: readonly string[]): AsyncIterable<readonly Row[]>
  /** Whether sending is switched on, and the last number of the feed. */
  state(): Promise<State>
  close(): Promise<void>
}

/** An empty store that takes rows as they are. Nothing of them is there until `commit`. */
export interface Target extends Source {
  add(table: string, columns: readonly string[], rows: readonly Row[]): Promise<void>
  /** Goes on counting where the source was. What is read from here on is what the new store will be. */
  complete(state: State): Promise<void>
  /** Makes it durable, all at once. Answers what is to be known about the new store. */
  commit(): Promise<readonly string[]>
}

export interface State {
  readonly sending: number
  readonly feedSeq: number
  /** Which key secrets are encrypted with: they are copied as they are. */
  readonly secretKeyId: string | null
}

export interface CopiedTable {
  readonly table: string
  readonly rows: number
  /** SHA-256 over all rows in the order of their keys: the same in both stores. */
  readonly digest: string
}

export interface Copied {
  readonly from: string
  readonly to: string
  readonly tables: readonly CopiedTable[]
  readonly warnings: readonly string[]
}

interface Copier {
  source(location: string): Promise<Source>
  target(location: string, now: number): Promise<Target>
}

const copiers: Readonly<Record<string, () => Promise<Copier>>> = {
  json: async () => (await import('./json.ts')).jsonCopier,
  sqlite: async () => (await import('./sqlite.ts')).sqliteCopier,
  postgres: async () => (await import('./postgres.ts')).postgresCopier,
}

/**
 * Copies a whole store into an empty one of another kind, or another place, and reads both again: rows and digests of every
 * table are the same, or it fails and the new store stays empty.
 *
 * @throws HookctlError usage `cannot_migrate` for kinds that cannot; conflict `store_not_empty`, `store_in_use`; `copy_differs`
 */
export async function migrateStore(from: string, to: string, now: number): Promise<Copied> {
  const source = await (await copierOf(from)).source(from)
  try {
    const target = await (await copierOf(to)).target(to, now)
    try {
      return await copyAll(source, target)
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

async function copierOf(location: string): Promise<Copier> {
  const {backend} = locate(location)
  const load = copiers[backend]
  if (load !== undefined) return load()
  throw usageError('cannot_migrate', `a ${backend}: store cannot be migrated`, {
    hint: 'stores that can: sqlite:, json: and postgres:',
  })
}

async function copyAll(source: Source, target: Target): Promise<Copied> {
  const copied: {readonly table: Table; readonly columns: readonly string[]; readonly was: Tallied}[] = []
  for (const table of TABLES) {
    const columns = await sharedColumns(source, target, table.name)
    if (columns.length === 0) continue
    copied.push({table, columns, was: await tallied(source, table, columns, target)})
  }
  await target.complete(await source.state())
  for (const {table, columns, was} of copied) {
    assertSame(target, table.name, was, await tallied(target, table, columns, null))
  }
  const warnings = await target.commit()
  const tables = copied.map(({table: {name}, was}) => ({table: name, ...was}))
  return {from: source.location, to: target.location, tables, warnings}
}

type Tallied = Omit<CopiedTable, 'table'>

/** Reads a table, and adds it to another store where one is given. */
async function tallied(
  from: Source,
  table: Table,
  columns: readonly string[],
  into: Pick<Target, 'add'> | null,
): Promise<Tallied> {
  const tally = newTally(columns)
  for await (const rows of from.rows(table, columns)) {
    for (const row of rows) tally.add(row)
    await into?.add(table.name, columns, rows)
  }
  return tally.end()
}

function assertSame({location}: Target, table: string, {rows, digest}: Tallied, found: Tallied): void {
  if (found.rows === rows && found.digest === digest) return
  throw new HookctlError(
    'internal',
    'copy_differs',
    `the copy of ${table} in ${location} differs: ${found.rows} rows of ${rows}`,
    {hint: 'the new store was left empty; nothing of the old one was changed'},
  )
}

/**
 * None where one of them keeps nothing of the table, because it follows from the others.
 *
 * @throws Error when one has a column that the other has not: then the schemas have drifted apart, a bug of ours
 */
async function sharedColumns(source: Source, target: Target, table: string): Promise<readonly string[]> {
  const [a, b] = [new Set(await source.columns(table)), new Set(await target.columns(table))]
  const different = [...a.symmetricDifference(b)].filter(column => !followsFromTheRest(table, column))
  if (different.length > 0) throw new Error(`the columns of ${table} differ: ${different.join(', ')}`)
  return [...a.intersection(b)].toSorted()
}

function newTally(columns: readonly string[]) {
  const hash = createHash('sha256')
  let rows = 0
  return {
    add(row: Row): void {
      rows++
      for (const column of columns) digestCell(hash, row[column] ?? null)
    },
    end: (): Tallied => ({rows, digest: hash.digest('hex')}),
  }
}

/** Kind, length and bytes of each: no two rows look alike. */
function digestCell(hash: Hash, cell: Cell): void {
  if (cell === null) hash.update('n;')
  else if (typeof cell === 'number') hash.update(`d${cell};`)
  else if (typeof cell === 'string') hash.update(`t${Buffer.byteLength(cell)};`).update(cell)
  else hash.update(`b${cell.length};`).update(cell)
}

export const notEmpty = (location: string): HookctlError =>
  conflictError('store_not_empty', `the store ${location} has something in it already`, {
    hint: 'migrate into a new database',
  })

/** Also where it is an empty store: whatever is there is somebody's. */
export const fileExists = (file: string): HookctlError =>
  conflictError('store_not_empty', `there is a file ${file} already`, {
    hint: 'migrate into a new one: a file that is not there yet',
  })

export const inUse = (location: string, what: string): HookctlError =>
  conflictError('store_in_use', `${what} sends from the store ${location} at this moment`, {
    hint: 'stop it first, so that nothing is sent from two stores',
  })
