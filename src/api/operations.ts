import type {z} from 'zod'
import {contextOperations} from './contexts.ts'
import {declarationOperations} from './declarations.ts'
import {deliveryOperations} from './deliveries.ts'
import {eventTypeOperations} from './event-types.ts'
import {eventOperations} from './events.ts'
import {historyOperations} from './history.ts'
import {memberOperations} from './memberships.ts'
import {objectOperations} from './objects.ts'
import {organizationOperations} from './organizations.ts'
import {platformOperations} from './platforms.ts'
import {replayOperations} from './replays.ts'
import {sourceOperations} from './sources.ts'
import {statisticsOperations} from './statistics.ts'
import {storeOperations} from './store.ts'
import {tokenOperations} from './tokens.ts'
import {webOperations} from './web.ts'
import {webhookOperations} from './webhooks.ts'
import {workerOperations} from './worker.ts'

/** Everything the product can be asked, over HTTP or in this process. */
export const operations = {
  ...webhookOperations,
  ...eventOperations,
  ...deliveryOperations,
  ...replayOperations,
  ...historyOperations,
  ...objectOperations,
  ...workerOperations,
  ...statisticsOperations,
  ...platformOperations,
  ...organizationOperations,
  ...contextOperations,
  ...memberOperations,
  ...declarationOperations,
  ...tokenOperations,
  ...sourceOperations,
  ...eventTypeOperations,
  ...webOperations,
  ...storeOperations,
}

export type Operations = typeof operations
export type OperationName = keyof Operations
export type Input<Name extends OperationName> = z.input<Operations[Name]['input']>
export type Parsed<Name extends OperationName> = z.output<Operations[Name]['input']>
export type Output<Name extends OperationName> = z.output<Operations[Name]['output']>
