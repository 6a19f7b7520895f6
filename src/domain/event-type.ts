import type {JsonText} from './json.ts'

/** What becomes of an event whose data does not fit the schema of its type. */
export const mismatchRules = ['refuse', 'warn'] as const
type MismatchRule = (typeof mismatchRules)[number]

/** An event type that an organization describes itself, beside those the platforms know. */
export interface OwnEventType {
  readonly organizationId: number
  /** Unique in its organization; may be a name that a platform knows too. */
  readonly name: string
  readonly summary: string
  /** JSON Schema of the data of its events; null: any data. */
  readonly schema: JsonText | null
  /** Data of one such event; fits the schema. */
  readonly example: JsonText | null
  readonly onMismatch: MismatchRule
  readonly createdAt: number
  readonly updatedAt: number
}
