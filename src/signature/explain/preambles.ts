import type {Header, Scheme} from '../types.ts'
import type {Mistake} from './mistakes.ts'

/** What was signed before the body, what must have gone wrong for it to be that, and how the sender would write it. */
export type PreambleVariant = readonly [Mistake | undefined, string, template?: string]

/** As the scheme has it, from the text in the headers, then what other senders do. */
export function preambleVariants(scheme: Scheme, headers: readonly Header[]): PreambleVariant[] {
  const own = scheme.envelope(headers)
  const plain = scheme.preamble(own)
  if (!scheme.signs.timestamp) {
    const others = timesIn(headers).flatMap(time => baseStrings('', time))
    return [[undefined, plain], ...others.map(([text, template]) => ['timestamp_signed', text, template] as const)]
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
      .filter(([text]) => text !== plain)
      .map(([text, template]) => ['wrong_base_string', text, template] as const),
  ]
}

/** How schemes put id and time before the body; several senders took another's by mistake. */
const TEMPLATES: readonly string[] = [
  '{timestamp}.',
  '{timestamp}:',
  '{timestamp}',
  'v0:{timestamp}:',
  'v1:{timestamp}:',
  '{id}.{timestamp}.',
  '{timestamp}.{id}.',
  '{id}{timestamp}',
]

const baseStrings = (id: string, time: string): (readonly [text: string, template: string])[] =>
  TEMPLATES.filter(template => id !== '' || !template.includes('{id}')).map(template => [
    template.replace('{id}', () => id).replace('{timestamp}', () => time),
    `${template}{body}`,
  ])

/** Timestamps that stand beside the signature, or in its own header, where a scheme without one does not read them. */
const timesIn = (headers: readonly Header[]): string[] =>
  headers.flatMap(([name, value]) => {
    if (/time/i.test(name) && /^\d{1,13}$/.test(value.trim())) return [value.trim()]
    return /signature/i.test(name)
      ? [...value.matchAll(/(?:^|[,;] ?)\w{1,20}=(\d{9,13})(?=[,;]|$)/g)].map(([, time]) => time!)
      : []
  })
