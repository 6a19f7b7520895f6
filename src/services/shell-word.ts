/** A name as one word of a command line, for hints that are pasted: quoted only where it must be. */
export const shellWord = (name: string): string =>
  /^[\w.@][\w.@-]*$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`
