import type {EventTypeStore} from './event-types.ts'
import type {ContextStore, MemberStore} from './organizations.ts'
import type {SourceStore} from './sources.ts'
import type {WebhookStore} from './webhooks.ts'

/** A change of what is configured, as the method of its store takes it. */
export type ConfigurationChange =
  | StoreChange<'contexts', ContextStore>
  | StoreChange<'members', MemberStore>
  | StoreChange<'webhooks', WebhookStore>
  | StoreChange<'sources', SourceStore>
  | StoreChange<'eventTypes', EventTypeStore>

interface StoreChange<Part extends string, S extends {add: unknown; replace: unknown; remove: unknown}> {
  readonly part: Part
  readonly method: 'add' | 'replace' | 'remove'
  readonly input: Input<S['add']> | Input<S['replace']> | Input<S['remove']>
}

type Input<Method> = Method extends (...input: infer I) => unknown ? Readonly<I> : never

export interface ChangeStore {
  /**
   * Makes all these changes, in this order, in one transaction: each as the method of its store does, made from what those
   * before it have left. Rejects as those methods do; then nothing was written.
   *
   * @param seen of the webhooks that some of these were compared with, before the first of them: they are not to say it
   */
  make(changes: readonly ConfigurationChange[], seen?: number): Promise<void>
}
