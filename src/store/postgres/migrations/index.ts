import {first} from './0001-first.ts'
import {bodyIndex} from './0002-body-index.ts'
import {webhookVersion} from './0003-webhook-version.ts'
import {deliveryStates} from './0004-delivery-states.ts'
import {sources} from './0005-sources.ts'
import {organizationZone} from './0006-organization-zone.ts'
import {lastReceived} from './0007-last-received.ts'
import {eventTypes} from './0008-event-types.ts'
import {sourceEventType} from './0009-source-event-type.ts'
import {sourceDedupe} from './0010-source-dedupe.ts'
import {oauth} from './0011-oauth.ts'

/** SQL text by schema number, as for SQLite but counted by themselves. */
export const migrations: readonly string[] = [
  first,
  bodyIndex,
  webhookVersion,
  deliveryStates,
  sources,
  organizationZone,
  lastReceived,
  eventTypes,
  sourceEventType,
  sourceDedupe,
  oauth,
]
