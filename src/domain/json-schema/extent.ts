/** With one of these a small schema and a small value may take for ever: repetitions, and all pairs of a list. */
const SLOW = ['pattern', 'patternProperties', 'uniqueItems', '$dynamicRef']

/**
 * Against how many schemas one value may have to be held at most: those of a definition count wherever it is used.
 * Infinity where they lead back to themselves or elsewhere than to a part of this document, or hold what may take for ever.
 *
 * @param schema JSON: without cycles of its own
 */
export function schemaExtent(schema: unknown): number {
  const known = new Map<string, number>()
  const ofReference = (reference: string): number => {
    const found = known.get(reference)
    if (found !== undefined) return found
    // Where it is met again before it has been counted, it leads back to itself.
    known.set(reference, Infinity)
    const extent = reference.startsWith('#/') ? ofPart(partOf(schema, reference)) : Infinity
    known.set(reference, extent)
    return extent
  }
  const ofPart = (part: unknown): number => {
    if (typeof part !== 'object' || part === null) return 1
    return Object.entries(part).reduce((sum, [name, member]) => {
      if (SLOW.includes(name)) return Infinity
      return sum + (name === '$ref' && typeof member === 'string' ? ofReference(member) : ofPart(member))
    }, 1)
  }
  return ofPart(schema)
}

function partOf(schema: unknown, reference: string): unknown {
  let part = schema
  for (const name of decodeURIComponent(reference.slice(2)).split('/')) {
    part = (part as Readonly<Record<string, unknown>> | undefined)?.[name.replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  return part
}
