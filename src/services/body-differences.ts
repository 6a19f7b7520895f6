import type {Output} from '../api/operations.ts'
import type {Delivery} from '../domain/delivery.ts'
import {type JsonText, parseJson} from '../domain/json.ts'
import {type JsonDifference, jsonDifferences} from '../domain/json-differences.ts'
import type {Deps} from './deps.ts'

type Difference = Output<'delivery.diff'>['differences'][number]

/** Field by field where both are JSON, else by the first byte that differs. The attempts of one delivery share their body. */
export async function bodyDifferences({store}: Deps, a: Delivery, b: Delivery): Promise<readonly Difference[]> {
  if (a.id === b.id) return []
  if (a.contentGone !== undefined || b.contentGone !== undefined) return keptOrNot(a, b)
  const [was, is] = await Promise.all([store.deliveries.body(a.id), store.deliveries.body(b.id)])
  if (was === null || is === null) return differenceOf('size', was?.length ?? null, is?.length ?? null)
  if (Buffer.compare(was, is) === 0) return []
  const [x, y] = [jsonIn(was), jsonIn(is)]
  if (x === null || y === null) return byteDifferences(was, is)
  const found = jsonDifferences(x, y)
  // The same JSON in other bytes is another body to whoever checks the signature.
  return found.length === 0 ? byteDifferences(was, is, 'spelling, byte') : found.map(fieldDifference)
}

/** Said also where neither body is kept any more: nothing is known of what differed. */
const keptOrNot = (a: Delivery, b: Delivery): readonly Difference[] => [
  {part: 'body', name: 'content', expected: true, a: a.contentGone ?? 'kept', b: b.contentGone ?? 'kept'},
]

const fieldDifference = ({path, a, b}: JsonDifference): Difference => ({
  part: 'body',
  name: path,
  expected: false,
  ...(a === null ? {} : {a: parseJson(a)}),
  ...(b === null ? {} : {b: parseJson(b)}),
})

function differenceOf(name: string, a: unknown, b: unknown): Difference[] {
  return a === b ? [] : [{part: 'body', name, expected: false, a, b}]
}

const strict = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true})

function jsonIn(bytes: Uint8Array): JsonText | null {
  try {
    const text = strict.decode(bytes)
    JSON.parse(text)
    return text as JsonText
  } catch {
    return null
  }
}

const EXCERPT_BYTES = 32

function byteDifferences(a: Uint8Array, b: Uint8Array, name = 'byte'): Difference[] {
  const end = Math.min(a.length, b.length)
  let at = 0
  while (at < end && a[at] === b[at]) at += 1
  const excerpt = (bytes: Uint8Array) => Buffer.from(bytes.subarray(at, at + EXCERPT_BYTES)).toString('latin1')
  return [...differenceOf('size', a.length, b.length), ...differenceOf(`${name} ${at}`, excerpt(a), excerpt(b))]
}
