import {first} from './0001-first.ts'

/** SQL text by schema number: the first takes an empty file to schema 1. Modules, because the bundle must carry them. */
export const migrations: readonly string[] = [first]
