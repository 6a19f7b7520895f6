import {describe} from 'vitest'
import {accepting} from './conformance/accepting.ts'
import {batches} from './conformance/batches.ts'
import {changes} from './conformance/changes.ts'
import {contexts} from './conformance/contexts.ts'
import {counting} from './conformance/counting.ts'
import {due} from './conformance/due.ts'
import {eventTypes} from './conformance/event-types.ts'
import {feed} from './conformance/feed.ts'
import {health} from './conformance/health.ts'
import {journeys} from './conformance/journeys.ts'
import {life} from './conformance/life.ts'
import {lists} from './conformance/lists.ts'
import {meanwhile} from './conformance/meanwhile.ts'
import {members, tokens} from './conformance/members.ts'
import {moving} from './conformance/moving.ts'
import {objects} from './conformance/objects.ts'
import {organizations} from './conformance/organizations.ts'
import {recording} from './conformance/recording.ts'
import {replays} from './conformance/replays.ts'
import {retention} from './conformance/retention.ts'
import type {Open} from './conformance/setting.ts'
import {sources} from './conformance/sources.ts'
import {statistics} from './conformance/statistics.ts'
import {webhooks} from './conformance/webhooks.ts'
import {worker} from './conformance/worker.ts'

/** Every sentence of src/store/store.ts, asked of one backend. `open` gives an empty store each time. */
export function conformance(name: string, open: Open): void {
  describe(`the ${name} store`, () => {
    life(open)
    organizations(open)
    contexts(open)
    members(open)
    tokens(open)
    webhooks(open)
    sources(open)
    eventTypes(open)
    changes(open)
    meanwhile(open)
    accepting(open)
    recording(open)
    health(open)
    moving(open)
    counting(open)
    due(open)
    batches(open)
    lists(open)
    journeys(open)
    replays(open)
    feed(open)
    objects(open)
    statistics(open)
    worker(open)
    retention(open)
  })
}
