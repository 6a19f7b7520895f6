import type {Header, Scheme} from '../types.ts'
import type {Mistake} from './mistakes.ts'

/** What was signed before the body, and what must have gone wrong for it to be that. */
export type PreambleVariant = readonly [Mistake | undefined, string]

/** As the scheme has it, from the text in the headers, then what other senders do. */
export function preambleVariants(scheme: Scheme, headers: readonly Header[]): PreambleVariant[] {
  const own = scheme.envelope(headers)
  const plain = scheme.preamble(own)
  if (!scheme.signs.timestamp) {
    return [[undefined, plain], ...timesIn(headers).flatMap(time => baseStrings('', time).map(signedTime))]
  }
  const {id = '', timestamp = ''} = own
  const seconds = timestamp.replace(/000$/, '')
  return [
    [undefined, plain],
    ['timestamp_not_signed', ''],
    ...(id === '' ? [] : ([['timestamp_not_signed', `${id}.`]] as const)),
    ['timestamp_in_milliseconds', scheme.preamble({...own, timestamp: `${timestamp}000`})],
    ...(/^\d{13}$/.test(timestamp)
      ? ([['timestamp_in_milliseconds', scheme.preamble({...own, timestamp: timestamp.slice(0, -3)})]] as const)
      : []),
    ...baseStrings(id, seconds)
      .filter(each => each !== plain)
      .map(each => ['wrong_base_string', each] as const),
  ]
}

const signedTime = (preamble: string) => ['timestamp_signed', preamble] as const

/** How schemes put id and time before the body; several senders took another's by mistake. */
const baseStrings = (id: string, time: string): string[] => [
  `${time}.`,
  `${time}:`,
  time,
  `v0:${time}:`,
  `v1:${time}:`,
  ...(id === '' ? [] : [`${id}.${time}.`, `${time}.${id}.`, `${id}${time}`]),
]

/** Timestamps that stand in headers a scheme without one does not read. */
const timesIn = (headers: readonly Header[]): string[] =>
  headers
    .filter(([name, value]) => /time/i.test(name) && /^\d{1,13}$/.test(value.trim()))
    .map(([, value]) => value.trim())
