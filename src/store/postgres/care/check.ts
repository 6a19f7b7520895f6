import {crc32} from 'node:zlib'
import {HookctlError} from '../../../errors.ts'
import type {CheckReport, Problem} from '../../care.ts'
import {TABLES} from '../../copy/copy.ts'
import {type Counted, tellCounts, type WrongCount, wrongCounts} from '../../kept-counts.ts'
import {
  looksForWrongRows,
  MOST,
  type TableShape,
  tellChangedBodies,
  tellWrongRows,
  type WrongRow,
} from '../../row-rules.ts'
import type {Database, Questions} from '../connection.ts'
import {schemaOf} from '../migrate.ts'

/**
 * What the rows say of each other, as they stand at one moment: others may write. Pages and indexes are the database's own
 * (`pg_amcheck`); what of them cannot be read is a finding too.
 */
export async function checkDatabase(database: Database): Promise<CheckReport> {
  const {questions, release} = await database.reserve()
  try {
    await questions.run(JSON_KIND)
    await questions.run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    let deliveries = 0
    const looks: readonly (() => Promise<readonly Problem[]>)[] = [
      async () => tellCounts(await wrongCountsIn(questions)),
      async () => tellCounters(await staleCounters(questions)),
      async () => tellChangedBodies(await changedBodies(questions)),
      async () => tellWrongRows(await halves(questions)),
      async () => tellWrongRows(await wrongRows(questions)),
      async () => {
        deliveries = (await questions.one('SELECT count(*) AS n FROM delivery_records'))?.n as number
        return []
      },
    ]
    const problems: Problem[] = []
    for (const look of looks) problems.push(...(await orDamage(questions, look)))
    const size = await questions.one('SELECT pg_database_size(current_database()) AS bytes')
    const schema = await schemaOf(questions)
    return {file: database.location, schema, bytes: size?.bytes as number, deliveries, problems}
  } finally {
    release()
  }
}

/** What cannot even be read is a finding too, and keeps nobody from looking further. */
async function orDamage(questions: Questions, look: () => Promise<readonly Problem[]>): Promise<readonly Problem[]> {
  await questions.run('SAVEPOINT look')
  try {
    return await look()
  } catch (error) {
    if (!(error instanceof HookctlError) || error.code !== 'store_corrupt') throw error
    await questions.run('ROLLBACK TO SAVEPOINT look')
    const said = error.cause instanceof Error ? `: ${error.cause.message}` : ''
    return [{kind: 'pages', detail: `${error.message}${said}`}]
  }
}

/** Of this session alone. PostgreSQL 14 and 15 cannot ask whether a text is JSON without failing where it is none. */
const JSON_KIND = `CREATE OR REPLACE FUNCTION pg_temp.json_kind(text TEXT) RETURNS TEXT LANGUAGE plpgsql IMMUTABLE AS $$
  BEGIN
    RETURN CASE json_typeof(text::json) WHEN 'array' THEN 'list' WHEN 'object' THEN 'object' ELSE 'value' END;
  EXCEPTION WHEN OTHERS THEN
    RETURN '';
  END $$`

const REAL_COUNTS = 'SELECT organization_id, webhook, state, count(*) AS n FROM delivery_states GROUP BY 1, 2, 3'

async function wrongCountsIn(questions: Questions): Promise<readonly WrongCount[]> {
  const kept = await questions.all('SELECT organization_id, webhook, state, n FROM delivery_counts')
  const real = await questions.all(REAL_COUNTS)
  return wrongCounts(kept as unknown as readonly Counted[], real as unknown as readonly Counted[])
}

interface Counter {
  readonly table: string
  readonly column: string
  /** The sequence that numbers its rows. */
  readonly name: string
  /** The number that it would give next, and the greatest that is there. */
  readonly next: number
  readonly last: number
}

/** After rows were put back without what numbers them, the next row would have a number that is taken. */
async function staleCounters(questions: Questions): Promise<readonly Counter[]> {
  const counters = await questions.all(
    `SELECT table_name AS table, column_name AS column, pg_get_serial_sequence(quote_ident(table_name), column_name) AS name
      FROM information_schema.columns WHERE table_schema = current_schema() AND is_identity = 'YES' ORDER BY 1`,
  )
  const stale: Counter[] = []
  for (const {table, column, name} of counters as unknown as readonly Counter[]) {
    const {next, last} = (await questions.one(
      `SELECT (SELECT CASE WHEN is_called THEN last_value + 1 ELSE last_value END FROM ${name}) AS next,
        (SELECT coalesce(max(${column}), 0) FROM ${table}) AS last`,
    )) as unknown as Counter
    if (next <= last) stale.push({table, column, name, next, last})
  }
  return stale
}

const tellCounters = (stale: readonly Counter[]): readonly Problem[] =>
  stale.map(({table, next, last}) => ({
    kind: 'counts',
    detail: `the next row of ${table} would be number ${next}, and number ${last} is there already`,
  }))

const BODIES_AT_ONCE = 500

/** Their check sums are looked at here: PostgreSQL had no such function before 18. */
async function changedBodies(questions: Questions): Promise<number> {
  let changed = 0
  let after = 0
  for (;;) {
    const rows = (await questions.all(
      'SELECT seq, bytes, crc FROM bodies WHERE seq > $1 AND crc IS NOT NULL ORDER BY seq LIMIT $2',
      after,
      BODIES_AT_ONCE,
    )) as unknown as readonly {readonly seq: number; readonly bytes: Uint8Array; readonly crc: number}[]
    changed += rows.filter(({bytes, crc}) => crc32(bytes) !== crc).length
    if (rows.length < BODIES_AT_ONCE) return changed
    after = rows.at(-1)?.seq as number
  }
}

/** What a delivery is and how it stands are rows of two tables: one without the other. */
async function halves(questions: Questions): Promise<readonly WrongRow[]> {
  const wrong: WrongRow[] = []
  for (const [from, to, what] of [
    ['delivery_records', 'delivery_states', 'nothing says how it stands'],
    ['delivery_states', 'delivery_records', 'nothing says what it is'],
  ] as const) {
    const rows = await questions.all(
      `SELECT r.seq FROM ${from} r WHERE NOT EXISTS (SELECT 1 FROM ${to} t WHERE t.seq = r.seq) LIMIT ${MOST}`,
    )
    wrong.push(...rows.map(key => ({table: from, key, column: 'seq', kind: 'references' as const, what})))
  }
  return wrong
}

async function wrongRows(questions: Questions): Promise<readonly WrongRow[]> {
  const columns = await questions.all(
    'SELECT table_name AS table, column_name AS name FROM information_schema.columns WHERE table_schema = current_schema()',
  )
  const shapes = new Map<string, TableShape>(
    TABLES.map(({name, key}) => [
      name,
      {key, columns: new Set(columns.filter(({table}) => table === name).map(column => column.name as string))},
    ]),
  )
  const wrong: WrongRow[] = []
  for (const {sql, found} of looksForWrongRows(table => shapes.get(table) ?? null, 'pg_temp.json_kind')) {
    wrong.push(...(await questions.all(sql)).map(found))
  }
  return wrong
}

/** Sets what is counted to what is there; nobody writes deliveries meanwhile. Answers how many were wrong. */
export const recountDatabase = (database: Database): Promise<number> =>
  database.transaction(async questions => {
    await questions.run('LOCK TABLE delivery_states, delivery_counts IN EXCLUSIVE MODE')
    const wrong = await wrongCountsIn(questions)
    await questions.run('DELETE FROM delivery_counts')
    await questions.run(`INSERT INTO delivery_counts (organization_id, webhook, state, n) ${REAL_COUNTS}`)
    const stale = await staleCounters(questions)
    for (const {name, last} of stale) await questions.run('SELECT setval($1::text::regclass, $2)', name, last)
    return wrong.length + stale.length
  })
