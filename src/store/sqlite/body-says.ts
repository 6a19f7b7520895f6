import type {DatabaseSync} from 'node:sqlite'
import {eventDocument} from '../../domain/filter-grammar.ts'
import {allHold, type Comparison} from '../../domain/where.ts'

/**
 * Makes `body_says(body, comparisons)` known to SQLite: what a body says is asked in the same statement as the rest.
 *
 * A blob is a body; a text is the event of a delivery that was never rendered, as a list of its columns.
 */
export function defineBodySays(database: DatabaseSync): void {
  let asked = ''
  let comparisons: readonly Comparison[] = []
  database.function('body_says', {deterministic: true}, (body, text) => {
    if (text !== asked) {
      asked = String(text)
      comparisons = JSON.parse(asked) as readonly Comparison[]
    }
    return allHold(comparisons, textOf(body)) ? 1 : 0
  })
}

function textOf(body: unknown): string | null {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8')
  if (typeof body !== 'string') return null
  const [type, contextId, objectType, objectId, objectName, data, before, after] = JSON.parse(body)
  const object = objectType === '' ? null : {type: objectType, id: objectId, name: objectName}
  return eventDocument({type, contextId, object, data, before, after})
}
