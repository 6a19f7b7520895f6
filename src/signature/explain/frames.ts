import type {Envelope, Frame, Header, Scheme} from '../types.ts'
import type {Mistake} from './mistakes.ts'
import {otherUrls} from './urls.ts'

/** What was signed around the body, what must have gone wrong for it to be that, and what that is in words. */
type FrameVariant = readonly [Mistake | undefined, Frame, signed?: string]

/** As the scheme has it, from the text in the headers, then what other senders do. */
export function frameVariants(scheme: Scheme, headers: readonly Header[]): FrameVariant[] {
  const own = scheme.envelope(headers)
  const plain = scheme.frame(own)
  const urls = own.url === undefined ? [] : otherUrls(own.url).map(url => ofOtherUrl(scheme, own, url))
  if (!scheme.signs.timestamp) {
    const others = timesIn(headers).flatMap(time => baseStrings('', time))
    return [
      [undefined, plain],
      ...urls,
      ...others.map(([before, template]) => ['timestamp_signed', {before}, template] as const),
    ]
  }
  const {id = '', timestamp = ''} = own
  const seconds = timestamp.replace(/000$/, '')
  return [
    [undefined, plain],
    ...urls,
    ['timestamp_not_signed', {before: ''}],
    ...(id === '' ? [] : ([['timestamp_not_signed', {before: `${id}.`}]] as const)),
    ['timestamp_in_milliseconds', scheme.frame({...own, timestamp: `${timestamp}000`})],
    ...(/^\d{13}$/.test(timestamp)
      ? ([['timestamp_in_milliseconds', scheme.frame({...own, timestamp: timestamp.slice(0, -3)})]] as const)
      : []),
    ...baseStrings(id, seconds)
      .filter(([before]) => before !== plain.before)
      .map(([before, template]) => ['wrong_base_string', {before}, template] as const),
  ]
}

const ofOtherUrl = (scheme: Scheme, own: Envelope, url: string): FrameVariant => [
  'other_url',
  scheme.frame({...own, url}),
  url,
]

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
