/** The words a shell would make of a line without pipes, variables and patterns. */
export const typedWords = (line: string): string[] =>
  [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double),
  )

/** Whether a line needs more of a shell than words: a pipe, a redirection, a variable, a pattern outside of quotes. */
export const needsShell = (line: string): boolean =>
  !line.startsWith('hookctl ') || /[|<>$&;*()`]/.test(line.replaceAll(/'[^']*'/g, '').replaceAll(/"[^"$`]*"/g, ''))
