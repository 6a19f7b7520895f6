import type {Event, ObjectRef} from './event.ts'
import type {FieldChange} from './field-changes.ts'
import type {Change} from './history.ts'
import type {JsonText} from './json.ts'

/** Which tracked object: its platform's name without version, its type as the platform spells it, its id there. */
export interface ObjectKey {
  readonly organizationId: number
  readonly platform: string
  readonly type: string
  readonly id: string
}

/**
 * Salted digests of the secrets in an object's data, by JSON pointer: they tell that a secret became another one, and
 * nothing else of it. `salt` and digests are base64.
 */
export interface SecretDigests {
  readonly salt: string
  readonly digests: Readonly<Record<string, string>>
}

/** An object of a platform as an integration last reported it. */
export interface TrackedObject extends ObjectKey {
  readonly name: string
  readonly contextId: string | null
  /** A JSON object; secrets in it are masked before it is stored. */
  readonly data: JsonText
  /** Null where the data holds no secret. */
  readonly secrets: SecretDigests | null
  readonly createdAt: number
  /** When it was last reported to be another than before. */
  readonly updatedAt: number
}

/** What a report changed, as a platform needs it to say so. Secrets are masked everywhere in it. */
export interface ObjectChange extends Pick<Event, 'occurredAtMicros' | 'actor' | 'requestId' | 'contextId'> {
  readonly change: Change
  readonly object: ObjectRef
  readonly contextName: string | null
  readonly before: JsonText | null
  readonly after: JsonText | null
  /** The object as it is, or as it was last when it is gone. */
  readonly data: JsonText
  readonly fields: readonly FieldChange[]
}
