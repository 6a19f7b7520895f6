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
