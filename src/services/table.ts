import type {OperationName, Output, Parsed} from '../api/operations.ts'
import {importEvents, renderCaptured, renderEvent} from './captured.ts'
import {createContext, deleteContext, editContext, listContexts, showContext} from './contexts.ts'
import {cancelDelivery, listDeliveries, showDelivery} from './deliveries.ts'
import type {Asking, Deps, Resolved} from './deps.ts'
import {listEvents, listEventTypes, sendEvent, sendEvents, showEvent} from './events.ts'
import {listActivity, listHistory, showHistoryEntry} from './history.ts'
import {createMember, deleteMember, editMember, listMembers, showMember} from './members.ts'
import {applyObjects, deleteObject, listObjects, showObject} from './objects.ts'
import {
  createOrganization,
  deleteOrganization,
  editOrganization,
  listOrganizations,
  showOrganization,
} from './organizations.ts'
import {listPlatforms, showPlatform} from './platforms.ts'
import {showQueues} from './queues.ts'
import {replayDeliveries} from './replay.ts'
import {showStatus} from './status.ts'
import {createToken, listTokens, revokeToken, showToken} from './tokens.ts'
import {flushWebhook} from './webhook-flush.ts'
import {signForWebhook, verifyForWebhook} from './webhook-signature.ts'
import {disableWebhook, enableWebhook} from './webhook-switch.ts'
import {testWebhook} from './webhook-test.ts'
import {createWebhook, deleteWebhook, editWebhook, listWebhooks, rotateSecret, showWebhook} from './webhooks.ts'
import {disableWorker, enableWorker, showWorker} from './worker.ts'

/** A verb of the product. Its caller has been let in and its input read: `invoke` is the door. */
export type Service<Name extends OperationName> = (
  deps: Deps,
  input: Resolved<Parsed<Name>>,
  caller: Asking,
) => Promise<Output<Name>>

/** One service per operation of the wire contract: a missing or misfitting one does not compile. */
export const services: {readonly [Name in OperationName]: Service<Name>} = {
  'webhook.create': createWebhook,
  'webhook.list': listWebhooks,
  'webhook.show': showWebhook,
  'webhook.edit': editWebhook,
  'webhook.delete': deleteWebhook,
  'webhook.enable': enableWebhook,
  'webhook.disable': disableWebhook,
  'webhook.flush': flushWebhook,
  'webhook.test': testWebhook,
  'webhook.rotateSecret': rotateSecret,
  'webhook.verify': verifyForWebhook,
  'webhook.sign': signForWebhook,
  'event.send': sendEvent,
  'event.sendMany': sendEvents,
  'event.import': importEvents,
  'event.render': renderEvent,
  'event.list': listEvents,
  'event.show': showEvent,
  'event.types': listEventTypes,
  'delivery.list': listDeliveries,
  'delivery.show': showDelivery,
  'delivery.replay': replayDeliveries,
  'delivery.cancel': cancelDelivery,
  'activity.list': listActivity,
  'history.list': listHistory,
  'history.show': showHistoryEntry,
  'object.apply': applyObjects,
  'object.list': listObjects,
  'object.show': showObject,
  'object.delete': deleteObject,
  'worker.status': showWorker,
  'worker.enable': enableWorker,
  'worker.disable': disableWorker,
  'worker.queues': showQueues,
  'status.show': showStatus,
  'platform.list': listPlatforms,
  'platform.render': renderCaptured,
  'platform.show': showPlatform,
  'org.create': createOrganization,
  'org.list': listOrganizations,
  'org.show': showOrganization,
  'org.edit': editOrganization,
  'org.delete': deleteOrganization,
  'context.create': createContext,
  'context.list': listContexts,
  'context.show': showContext,
  'context.edit': editContext,
  'context.delete': deleteContext,
  'member.create': createMember,
  'member.list': listMembers,
  'member.show': showMember,
  'member.edit': editMember,
  'member.delete': deleteMember,
  'token.create': createToken,
  'token.list': listTokens,
  'token.show': showToken,
  'token.revoke': revokeToken,
}
