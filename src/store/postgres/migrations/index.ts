import {first} from './0001-first.ts'

/** SQL text by schema number, as for SQLite but counted by themselves. */
export const migrations: readonly string[] = [first]
