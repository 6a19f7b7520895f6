import {statSync} from 'node:fs'
import type {DatabaseSync} from 'node:sqlite'
import {crc32} from 'node:zlib'
import type {CheckReport, Problem} from '../../care.ts'
import {type Counted, tellCounts, type WrongCount, wrongCounts} from '../../kept-counts.ts'
import {tellChangedBodies, tellWrongRows} from '../../row-rules.ts'
import {translate} from '../failure.ts'
import {schemaOf} from '../migrate.ts'
import {withExisting} from './existing.ts'
import {wrongRows} from './rows.ts'

/** Looks through pages and indexes, then at what the rows say of each other. One view of the file: others may write. */
export function checkFile(file: string, {quick}: {readonly quick: boolean}): CheckReport {
  return withExisting(file, database => {
    const found: Problem[] = []
    const looks = [() => pages(database, quick), () => tellCounts(wrongCountsIn(database)), () => rows(database)]
    let schema = 0
    let deliveries = 0
    tell(found, file, () => {
      database.exec('BEGIN')
      schema = schemaOf(database)
      return []
    })
    for (const look of looks) tell(found, file, look)
    tell(found, file, () => {
      deliveries = realCounts(database).reduce((sum, {n}) => sum + n, 0)
      return []
    })
    const bytes = statSync(file).size
    return {file, schema, bytes, deliveries, problems: withoutRepeats(found)}
  })
}

/** These say how the file was met, and nothing of what is in it: a sound store on a read-only disk is not to be replaced by a backup. */
const notOfTheFile: ReadonlySet<unknown> = new Set(['store_denied', 'store_busy', 'store_full'])

/** What cannot even be read is a finding too. */
function tell(found: Problem[], file: string, look: () => readonly Problem[]): void {
  try {
    found.push(...look())
  } catch (error) {
    const translated = translate(error, file)
    if (translated === error || notOfTheFile.has((translated as {code?: unknown}).code)) throw translated
    found.push({kind: 'pages', detail: (translated as Error).message})
  }
}

const withoutRepeats = (problems: readonly Problem[]): readonly Problem[] => [
  ...new Map(problems.map(problem => [`${problem.kind} ${problem.detail}`, problem])).values(),
]

/** SQLite's own look; the quick one leaves out whether every index has every row. */
function pages(database: DatabaseSync, quick: boolean): readonly Problem[] {
  const rows = database.prepare(`PRAGMA ${quick ? 'quick_check' : 'integrity_check'}(20)`).all()
  return rows
    .map(row => String(Object.values(row)[0]))
    .filter(text => text !== 'ok')
    .map(detail => ({kind: 'pages', detail}))
}

const realCounts = (database: DatabaseSync): readonly Counted[] =>
  database
    .prepare('SELECT organization_id, webhook, state, count(*) AS n FROM deliveries GROUP BY 1, 2, 3')
    .all() as unknown as readonly Counted[]

const wrongCountsIn = (database: DatabaseSync): readonly WrongCount[] =>
  wrongCounts(
    database.prepare('SELECT * FROM delivery_counts').all() as unknown as readonly Counted[],
    realCounts(database),
  )

/** What the rows say of each other, and whether anybody knows what they say. */
const rows = (database: DatabaseSync): readonly Problem[] => [
  ...tellChangedBodies(changedBodies(database)),
  ...tellWrongRows(wrongRows(database)),
]

/** Bodies whose check sum does not fit; a schema before there was one has none. */
function changedBodies(database: DatabaseSync): number {
  if (
    !database
      .prepare('PRAGMA table_info(bodies)')
      .all()
      .some(({name}) => name === 'crc')
  )
    return 0
  let changed = 0
  for (const {bytes, crc} of database.prepare('SELECT bytes, crc FROM bodies WHERE crc IS NOT NULL').iterate()) {
    if (crc32(bytes as Uint8Array) !== crc) changed++
  }
  return changed
}

export function recount(file: string): number {
  return withExisting(file, database => {
    database.exec('BEGIN IMMEDIATE')
    try {
      const wrong = writeCounts(database)
      database.exec('COMMIT')
      return wrong
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  })
}

/** Replaces the kept counts by the real ones; answers how many were wrong. */
export function writeCounts(database: DatabaseSync): number {
  const wrong = wrongCountsIn(database).length
  database.exec(`DELETE FROM delivery_counts;
    INSERT INTO delivery_counts SELECT organization_id, webhook, state, count(*) FROM deliveries GROUP BY 1, 2, 3`)
  return wrong
}
