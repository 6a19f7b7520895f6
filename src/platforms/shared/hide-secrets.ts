import {stringEnd} from '../../domain/json-style.ts'
import {isSecretEntry, isSecretName, valueNames} from '../../domain/secret-members.ts'

/** What stands for a secret's value: that it changed may be told, not to what. */
const HIDDEN = '"***"'

/** A piece of the text, and what stands there instead. */
interface Piece {
  readonly from: number
  readonly to: number
  readonly text: string
}

/** An object or array that is not over yet. */
interface Level {
  readonly isObject: boolean
  /** The member whose value is being read, and where that begins. */
  name: string | null
  from: number
  /** What the object says of itself, where it is an entry of a list of fields: as `maskSecrets` has it. */
  mark: Piece | null
  called: unknown[]
  readonly values: Piece[]
}

/**
 * The same JSON text with the value of every secret as `***`: whatever stands under a name that says so, at any depth,
 * and the values of an entry that is marked or called a secret, `{"field": …, "secret": true, "before": …}`. Anything
 * truthy is a mark, and comes out as true. That a secret is empty may be seen.
 *
 * @param json compact JSON text. One pass and no recursion: bodies may be nested as deep as they like.
 */
export function hideSecrets(json: string): string {
  // A name may hold escapes: then its spelling tells nothing.
  if (!isSecretName(json) && !json.includes('\\u')) return json
  return replaced(json, secretsIn(json))
}

function secretsIn(json: string): Piece[] {
  const found: Piece[] = []
  const open: Level[] = []
  let at = 0
  while (at < json.length) {
    const level = open.at(-1)
    const char = json[at]
    if (char === '"') {
      const end = stringEnd(json, at)
      if (level?.isObject && level.name === null) {
        level.name = JSON.parse(json.slice(at, end)) as string
        level.from = end + 1
        at = end
      } else at = end - 1
    } else if (char === '{' || char === '[') {
      open.push({isObject: char === '{', name: null, from: 0, mark: null, called: [], values: []})
    } else if (level !== undefined && (char === ',' || char === '}' || char === ']')) {
      if (level.name !== null) found.push(...memberEnds(level, level.name, json, at))
      level.name = null
      if (char !== ',') {
        found.push(...objectEnds(level))
        open.pop()
      }
    }
    at += 1
  }
  return found
}

/** The value just read, where it is a secret's; an entry's own words are kept until it is over. */
function memberEnds(level: Level, name: string, json: string, to: number): Piece[] {
  const {from} = level
  const text = json.slice(from, to)
  const piece = {from, to, text}
  if (name === 'secret') level.mark = piece
  else if (valueNames.has(name)) level.values.push(piece)
  else if ((name === 'field' || name === 'name') && text.startsWith('"')) level.called.push(JSON.parse(text))
  return name !== 'secret' && isSecretName(name) ? hidden(piece, isFlag) : []
}

function objectEnds({mark, called, values}: Level): Piece[] {
  if (values.length === 0) return mark === null ? [] : hidden(mark, isFlag)
  const isMarked = mark !== null && Boolean(JSON.parse(mark.text))
  if (!isSecretEntry(isMarked, called)) return []
  const own = values.flatMap(value => hidden(value, isMarked ? () => false : isFlag))
  return mark === null ? own : [...own, {...mark, text: 'true'}]
}

/** Whether a secret can be set, or is asked for, is none. */
const isFlag = (text: string): boolean => text === 'true' || text === 'false'

const hidden = (piece: Piece, stays: (text: string) => boolean): Piece[] =>
  piece.text === 'null' || piece.text === '""' || stays(piece.text) ? [] : [{...piece, text: HIDDEN}]

function replaced(json: string, pieces: readonly Piece[]): string {
  let out = ''
  let from = 0
  for (const piece of pieces.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
    if (piece.from < from) continue // within one that is hidden already
    out += json.slice(from, piece.from) + piece.text
    from = piece.to
  }
  return out + json.slice(from)
}
