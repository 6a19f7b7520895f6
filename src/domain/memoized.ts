/**
 * A function of a text that answers from memory what it was asked before; forgets everything when it knows `most` texts,
 * because whoever gives the texts may give any number.
 */
export function memoized<T>(make: (text: string) => T, most: number): (text: string) => T {
  const known = new Map<string, T>()
  return text => {
    const found = known.get(text)
    if (found !== undefined) return found
    if (known.size >= most) known.clear()
    const made = make(text)
    known.set(text, made)
    return made
  }
}
