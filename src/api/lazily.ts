/** A schema made when it is first asked for, and then the same one: a command pays for those it uses. */
export function lazily<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}
