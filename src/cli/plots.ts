import process from 'node:process'
import type {Surroundings} from './surroundings.ts'

/** What little pictures in a line are made of. */
export interface Ink {
  /** From the least to the most, without the empty one. */
  readonly levels: readonly string[]
  /** A cell of a bar by its filling, from nothing to full. */
  readonly cells: readonly string[]
  /** The rest of a bar. */
  readonly ground: string
}

const unicode: Ink = {levels: [...'▁▂▃▄▅▆▇█'], cells: ['', ...'▏▎▍▌▋▊▉█'], ground: '░'}
const ascii: Ink = {levels: [...'_.-:=+*#'], cells: ['', '#'], ground: '.'}

/** Block characters where the locale is UTF-8, else ASCII. Windows has no such variables, and terminals that can. */
export function inkOf({env}: Pick<Surroundings, 'env'>, platform: string = process.platform): Ink {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG
  if (locale === undefined || locale === '') return platform === 'win32' ? unicode : ascii
  return /utf-?8/i.test(locale) ? unicode : ascii
}

/** A column for each number, the highest of them full; blank where there was nothing at all. */
export function sparkline(numbers: readonly number[], {levels}: Ink): string {
  const most = Math.max(0, ...numbers)
  return numbers.map(each => (each === 0 ? ' ' : levels[Math.ceil((each / most) * levels.length) - 1])).join('')
}

/** So much of a whole, as a line of `width` cells. What is more than nothing is seen, and only all of it is full. */
export function bar(share: number, width: number, {cells, ground}: Ink): string {
  const steps = cells.length - 1
  const exact = share * width * steps
  const filled =
    share >= 1 ? width * steps : Math.min(width * steps - 1, Math.max(share > 0 ? 1 : 0, Math.round(exact)))
  const text = `${cells[steps]?.repeat(Math.floor(filled / steps))}${cells[filled % steps]}`
  return text + ground.repeat(width - text.length)
}
