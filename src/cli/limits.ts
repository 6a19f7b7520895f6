import type {EmbeddedOptions} from '../embedded.ts'
import type {Settings} from './settings.ts'

const UNITS: Readonly<Record<string, number>> = {'': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12}

/** A whole number, a size like `500mb`, or null for `none`; undefined where it is nothing of that. */
export function parseLimit(text: string): number | null | undefined {
  if (text === 'none') return null
  const [, digits = '', unit = ''] = /^(\d{1,15})\s?(b|kb|mb|gb|tb)?$/i.exec(text) ?? []
  return digits === '' ? undefined : Number(digits) * (UNITS[unit.toLowerCase()] ?? 1)
}

/** The limits that the settings name; what they do not name is left to the product. */
export function acceptLimits(settings: Settings): NonNullable<EmbeddedOptions['limits']> {
  const given = (key: 'limits.waiting' | 'limits.diskFree') => {
    const text = settings.text(key)
    return text === undefined ? undefined : parseLimit(text)
  }
  const [waiting, diskFreeBytes] = [given('limits.waiting'), given('limits.diskFree')]
  return {...(waiting === undefined ? {} : {waiting}), ...(diskFreeBytes === undefined ? {} : {diskFreeBytes})}
}
