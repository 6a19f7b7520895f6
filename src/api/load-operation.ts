import type {OperationName, Operations} from './operations.ts'

type ResourceOf<Name> = Name extends `${infer Resource}.${string}` ? Resource : never
type Resource = ResourceOf<OperationName>
type OperationsOf<R extends Resource> = Pick<Operations, Extract<OperationName, `${R}.${string}`>>

/** The file of each resource, by the word before the dot. */
const resources: {readonly [R in Resource]: () => Promise<OperationsOf<R>>} = {
  webhook: async () => (await import('./webhooks.ts')).webhookOperations,
  event: async () => (await import('./events.ts')).eventOperations,
  delivery: async () => (await import('./deliveries.ts')).deliveryOperations,
  replay: async () => (await import('./replays.ts')).replayOperations,
  activity: async () => (await import('./history.ts')).historyOperations,
  history: async () => (await import('./history.ts')).historyOperations,
  object: async () => (await import('./objects.ts')).objectOperations,
  worker: async () => (await import('./worker.ts')).workerOperations,
  status: async () => (await import('./worker.ts')).workerOperations,
  stats: async () => (await import('./statistics.ts')).statisticsOperations,
  platform: async () => (await import('./platforms.ts')).platformOperations,
  org: async () => (await import('./organizations.ts')).organizationOperations,
  context: async () => (await import('./contexts.ts')).contextOperations,
  member: async () => (await import('./memberships.ts')).memberOperations,
  declaration: async () => (await import('./declarations.ts')).declarationOperations,
  token: async () => (await import('./tokens.ts')).tokenOperations,
  web: async () => (await import('./web.ts')).webOperations,
  source: async () => (await import('./sources.ts')).sourceOperations,
  eventType: async () => (await import('./event-types.ts')).eventTypeOperations,
  store: async () => (await import('./store.ts')).storeOperations,
}

/** One line of the table, without building the others: what a command needs of the wire contract. */
export async function loadOperation<Name extends OperationName>(name: Name): Promise<Operations[Name]> {
  const load = resources[name.split('.')[0] as Resource] as () => Promise<Operations>
  return (await load())[name]
}
