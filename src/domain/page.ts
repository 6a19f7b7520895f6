/** Asks for part of a list. Lists are read by key, never by offset: the next page is as cheap as the first. */
export interface PageRequest {
  /** 1 to 1000. */
  readonly limit: number
  /** `next` of the page before; opaque. */
  readonly cursor?: string | undefined
}

export interface Page<T> {
  readonly items: readonly T[]
  /** Null on the last page. */
  readonly next: string | null
}

/** The rows of every page, in their order. */
export async function allPages<T>(ask: (request: PageRequest) => Promise<Page<T>>): Promise<T[]> {
  const found: T[] = []
  let request: PageRequest | null = {limit: 1000}
  while (request !== null) {
    const {items, next}: Page<T> = await ask(request)
    found.push(...items)
    request = next === null ? null : {limit: 1000, cursor: next}
  }
  return found
}
