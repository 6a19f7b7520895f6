/** What was typed last for a flag that takes a value, under either name; a short one may stand right before its value. */
export function typedFor(argv: readonly string[], long: string, short?: string): string | undefined {
  const words = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  const given = words.flatMap((word, at) => {
    if (word === long || word === short) return [words[at + 1] ?? '']
    if (word.startsWith(`${long}=`)) return [word.slice(long.length + 1)]
    return short !== undefined && word.startsWith(short) ? [word.slice(short.length).replace(/^=/, '')] : []
  })
  return given.at(-1)
}
