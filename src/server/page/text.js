/** What a reader's eye could take for something else: as src/cli/escape.ts has it, and a test holds the two together. */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Cs}/gu

/** @type {Readonly<Record<string, string>>} */
const NAMED = {'\n': '\\n', '\r': '\\r', '\t': '\\t'}

/** @param {string} character */
function escaped(character) {
  const named = NAMED[character]
  if (named !== undefined) return named
  const code = /** @type {number} */ (character.codePointAt(0))
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
}

/**
 * Text from elsewhere for one line: what cannot be seen becomes a visible escape.
 *
 * @param {string} text
 */
export const show = text => text.replace(UNSAFE, escaped)

/**
 * The same for a body: line feeds and tabs stay, a CR before an LF is layout too.
 *
 * @param {string} text
 */
export const showBody = text =>
  text.replace(UNSAFE, (character, /** @type {number} */ at) => {
    if (character === '\r' && text[at + 1] === '\n') return ''
    return character === '\n' || character === '\t' ? character : escaped(character)
  })

const steps = /** @type {const} */ ([
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 365],
  ['year', Number.POSITIVE_INFINITY],
])

const relative = new Intl.RelativeTimeFormat('en', {style: 'short', numeric: 'always'})

/**
 * `3 min. ago`, `in 10 sec.`
 *
 * @param {string} instant RFC 3339
 * @param {number} now milliseconds since the epoch
 */
export function ago(instant, now) {
  let amount = (Date.parse(instant) - now) / 1000
  if (Math.abs(amount) < 1) return 'now'
  for (const [unit, size] of steps) {
    if (Math.abs(amount) < size) return relative.format(Math.trunc(amount), unit)
    amount /= size
  }
  return instant
}

/** @param {string} instant */
export const exactly = instant => instant.replace('T', ' ').replace(/\.\d+Z$|Z$/, ' UTC')

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`
}

/** @param {number} ms */
export const duration = ms => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`)
