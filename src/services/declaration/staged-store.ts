import type {Page} from '../../domain/page.ts'
import type {ConfigurationChange, Store} from '../../store/store.ts'
import type {Everything} from './everything.ts'

/**
 * A store that keeps to itself what is written of contexts, members, webhooks, sources and event types, and answers as if
 * it were done: the services then say what they would do, and what they would refuse. `commit` does it, all of it or
 * nothing.
 */
export interface StagedStore {
  readonly store: Store
  readonly changes: readonly ConfigurationChange[]
  /** @throws conflict `changed_meanwhile`, and what the store itself refuses */
  commit(): Promise<void>
}

/** @param now what this organization has */
export function stage(store: Store, now: Everything): StagedStore {
  const changes: ConfigurationChange[] = []
  const afterwards = new Map<string, () => Promise<void>>()
  const contexts = keep(now.contexts, 'contexts', ({id}) => id, changes)
  const members = keep(now.members, 'members', ({user}) => user, changes)
  const webhooks = keep(now.webhooks, 'webhooks', ({id}) => id, changes)
  const sources = keep(now.sources, 'sources', ({id}) => id, changes)
  const eventTypes = keep(now.eventTypes, 'eventTypes', ({name}) => name, changes)
  let compared: number | undefined

  const staged: Store = {
    ...store,
    contexts: {
      add: async (...input) => contexts.add(input),
      replace: async (...input) => contexts.replace(input),
      remove: async (...input) => contexts.remove(input),
      find: async (_, id) => contexts.find(id),
      list: async () => onePage(contexts.all()),
    },
    members: {
      add: async (...input) => members.add(input),
      replace: async (...input) => members.replace(input),
      remove: async (...input) => members.remove(input),
      find: async (_, user) => members.find(user),
      list: async () => onePage(members.all()),
    },
    webhooks: {
      ...store.webhooks,
      // Compared with what is staged, of which the store knows nothing: it is to look once, at what there was before.
      async add(webhook, entry, seen) {
        compared ??= seen
        webhooks.add([webhook, entry])
      },
      async replace(webhook, entry, {was, seen}) {
        compared ??= seen
        webhooks.replace([webhook, entry, {was}])
      },
      async remove(...input) {
        webhooks.remove(input)
        return 0
      },
      find: async (_, idOrName) =>
        webhooks.find(idOrName) ?? webhooks.all().find(({name}) => name === idOrName) ?? null,
      all: async () => webhooks.all(),
      allSeen: async () => ({webhooks: webhooks.all(), seen: now.seen}),
    },
    sources: {
      ...store.sources,
      add: async (...input) => sources.add(input),
      replace: async (...input) => sources.replace(input),
      remove: async (...input) => sources.remove(input),
      find: async (_, idOrName) => sources.find(idOrName) ?? sources.all().find(({name}) => name === idOrName) ?? null,
      list: async () => onePage(sources.all()),
    },
    eventTypes: {
      ...store.eventTypes,
      add: async (...input) => eventTypes.add(input),
      replace: async (...input) => eventTypes.replace(input),
      remove: async (...input) => eventTypes.remove(input),
      find: async (_, name) => eventTypes.find(name),
      list: async () => onePage(eventTypes.all()),
    },
    // What follows from a change of a webhook is done once that is stored, and can be done again.
    deliveries: {
      ...store.deliveries,
      async flush(...input) {
        afterwards.set(`flush ${input[0]}`, async () => void (await store.deliveries.flush(...input)))
        return {deliveryIds: [], events: 0}
      },
      async hold(...input) {
        afterwards.set(`hold ${input[0]}`, async () => {
          while ((await store.deliveries.hold(...input)) > 0);
        })
        return 0
      },
      async resume(...input) {
        afterwards.set(`resume ${input[0]}`, async () => {
          while ((await store.deliveries.resume(...input)) > 0);
        })
        return 0
      },
    },
  }
  return {
    store: staged,
    changes,
    async commit() {
      if (changes.length > 0) await store.changes.make(changes, compared)
      for (const follow of afterwards.values()) await follow()
    },
  }
}

type Part = ConfigurationChange['part']
type Change<P extends Part> = Extract<ConfigurationChange, {part: P}>
type Kept<P extends Part> = Everything[P][number]

/** Objects of one kind as they are after the changes so far. */
function keep<P extends Part>(
  found: readonly Kept<P>[],
  part: P,
  keyOf: (object: Kept<P>) => string,
  changes: ConfigurationChange[],
) {
  const objects = new Map(found.map(object => [keyOf(object), object]))
  const note = (method: Change<P>['method'], input: Change<P>['input']): string => {
    changes.push({part, method, input} as Change<P>)
    return keyOf(input[0] as Kept<P>)
  }
  return {
    all: (): readonly Kept<P>[] => [...objects.values()],
    find: (key: string): Kept<P> | null => objects.get(key) ?? null,
    add: (input: Change<P>['input']): void => void objects.set(note('add', input), input[0] as Kept<P>),
    replace: (input: Change<P>['input']): void => void objects.set(note('replace', input), input[0] as Kept<P>),
    remove: (input: Change<P>['input']): void => void objects.delete(note('remove', input)),
  }
}

/** All of them at once: they are in memory. */
const onePage = <T>(items: readonly T[]): Page<T> => ({items, next: null})
