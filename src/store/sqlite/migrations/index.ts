import {first} from './0001-first.ts'
import {attemptCounts} from './0002-attempt-counts.ts'
import {health} from './0003-health.ts'
import {attemptKeys} from './0004-attempt-keys.ts'
import {deliveryFilters} from './0005-delivery-filters.ts'
import {ordered} from './0006-ordered.ts'
import {contentGone} from './0007-content-gone.ts'
import {replays} from './0008-replays.ts'
import {bodyChecks} from './0009-body-checks.ts'
import {secretKey} from './0010-secret-key.ts'
import {sources} from './0011-sources.ts'
import {organizationZone} from './0012-organization-zone.ts'
import {lastReceived} from './0013-last-received.ts'
import {eventTypes} from './0014-event-types.ts'
import {sourceEventType} from './0015-source-event-type.ts'
import {sourceDedupe} from './0016-source-dedupe.ts'
import {oauth} from './0017-oauth.ts'

/** SQL text by schema number: the first takes an empty file to schema 1. Modules, because the bundle must carry them. */
export const migrations: readonly string[] = [
  first,
  attemptCounts,
  health,
  attemptKeys,
  deliveryFilters,
  ordered,
  contentGone,
  replays,
  bodyChecks,
  secretKey,
  sources,
  organizationZone,
  lastReceived,
  eventTypes,
  sourceEventType,
  sourceDedupe,
  oauth,
]
