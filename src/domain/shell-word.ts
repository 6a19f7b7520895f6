/** A value as it can be pasted into a shell: quoted where it must be. */
export const shellWord = (text: string): string =>
  /^[\w.@%+=:,/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`

/** What a flag is given, in one word with it: `--webhook=-x` where the value would be taken for a flag. */
export const flagWord = (flag: string, value: string): string =>
  `--${flag}${value.startsWith('-') ? '=' : ' '}${shellWord(value)}`

/** An argument and the flags beside it, so that a name that begins with a dash is no flag: `--url URL -- -x`. */
export function argumentWord(text: string, flags = ''): string {
  const parts = text.startsWith('-') ? [flags, '--', shellWord(text)] : [shellWord(text), flags]
  return parts.filter(part => part !== '').join(' ')
}
