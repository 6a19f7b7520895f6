import type {OperationName, Output, Parsed} from '../api/operations.ts'
import type {Asking, Deps, Resolved} from './deps.ts'

/** A verb of the product. Its caller has been let in and its input read: `invoke` is the door. */
type Service<Name extends OperationName> = (
  deps: Deps,
  input: Resolved<Parsed<Name>>,
  caller: Asking,
) => Promise<Output<Name>>

type Load<Name extends OperationName> = () => Promise<Service<Name>>

/**
 * One service per operation of the wire contract: a missing or misfitting one does not compile. Each file is loaded when
 * one of its services is asked for: a command pays for the one it needs.
 */
export const services: {readonly [Name in OperationName]: Load<Name>} = {
  'webhook.create': async () => (await import('./webhooks.ts')).createWebhook,
  'webhook.list': async () => (await import('./webhook-lists.ts')).listWebhooks,
  'webhook.show': async () => (await import('./webhook-lists.ts')).showWebhook,
  'webhook.edit': async () => (await import('./webhooks.ts')).editWebhook,
  'webhook.delete': async () => (await import('./webhooks.ts')).deleteWebhook,
  'webhook.enable': async () => (await import('./webhook-switch.ts')).enableWebhook,
  'webhook.disable': async () => (await import('./webhook-switch.ts')).disableWebhook,
  'webhook.flush': async () => (await import('./webhook-flush.ts')).flushWebhook,
  'webhook.test': async () => (await import('./webhook-test.ts')).testWebhook,
  'webhook.rotateSecret': async () => (await import('./webhooks.ts')).rotateSecret,
  'webhook.verify': async () => (await import('./webhook-signature.ts')).verifyForWebhook,
  'webhook.sign': async () => (await import('./webhook-signature.ts')).signForWebhook,
  'event.send': async () => (await import('./events.ts')).sendEvent,
  'event.sendMany': async () => (await import('./events.ts')).sendEvents,
  'event.import': async () => (await import('./captured.ts')).importEvents,
  'event.render': async () => (await import('./captured.ts')).renderEvent,
  'event.list': async () => (await import('./events.ts')).listEvents,
  'event.show': async () => (await import('./events.ts')).showEvent,
  'event.why': async () => (await import('./why.ts')).explainEvent,
  'event.types': async () => (await import('./events.ts')).listEventTypes,
  'delivery.list': async () => (await import('./deliveries.ts')).listDeliveries,
  'delivery.show': async () => (await import('./deliveries.ts')).showDelivery,
  'delivery.replay': async () => (await import('./replay.ts')).replayDeliveries,
  'delivery.cancel': async () => (await import('./deliveries.ts')).cancelDelivery,
  'activity.list': async () => (await import('./history.ts')).listActivity,
  'history.list': async () => (await import('./history.ts')).listHistory,
  'history.show': async () => (await import('./history.ts')).showHistoryEntry,
  'object.apply': async () => (await import('./objects.ts')).applyObjects,
  'object.list': async () => (await import('./objects.ts')).listObjects,
  'object.show': async () => (await import('./objects.ts')).showObject,
  'object.delete': async () => (await import('./objects.ts')).deleteObject,
  'worker.status': async () => (await import('./worker.ts')).showWorker,
  'worker.enable': async () => (await import('./worker.ts')).enableWorker,
  'worker.disable': async () => (await import('./worker.ts')).disableWorker,
  'worker.queues': async () => (await import('./queues.ts')).showQueues,
  'status.show': async () => (await import('./status.ts')).showStatus,
  'stats.show': async () => (await import('./statistics.ts')).showStatistics,
  'platform.list': async () => (await import('./platforms.ts')).listPlatforms,
  'platform.render': async () => (await import('./captured.ts')).renderCaptured,
  'platform.show': async () => (await import('./platforms.ts')).showPlatform,
  'org.create': async () => (await import('./organizations.ts')).createOrganization,
  'org.list': async () => (await import('./organizations.ts')).listOrganizations,
  'org.show': async () => (await import('./organizations.ts')).showOrganization,
  'org.edit': async () => (await import('./organizations.ts')).editOrganization,
  'org.delete': async () => (await import('./organizations.ts')).deleteOrganization,
  'context.create': async () => (await import('./contexts.ts')).createContext,
  'context.list': async () => (await import('./contexts.ts')).listContexts,
  'context.show': async () => (await import('./contexts.ts')).showContext,
  'context.edit': async () => (await import('./contexts.ts')).editContext,
  'context.delete': async () => (await import('./contexts.ts')).deleteContext,
  'member.create': async () => (await import('./members.ts')).createMember,
  'member.list': async () => (await import('./members.ts')).listMembers,
  'member.show': async () => (await import('./members.ts')).showMember,
  'member.edit': async () => (await import('./members.ts')).editMember,
  'member.delete': async () => (await import('./members.ts')).deleteMember,
  'token.create': async () => (await import('./tokens.ts')).createToken,
  'token.list': async () => (await import('./tokens.ts')).listTokens,
  'token.show': async () => (await import('./tokens.ts')).showToken,
  'token.revoke': async () => (await import('./tokens.ts')).revokeToken,
  'web.code': async () => (await import('./web.ts')).makeWebCode,
  'web.rights': async () => (await import('./web.ts')).showRights,
}
