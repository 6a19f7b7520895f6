import type {Column} from '../output/column.ts'
import type {Addressed} from '../source-address.ts'

export const sourceColumns: readonly Column<Addressed>[] = [
  {key: 'id', whole: true, wide: true},
  {key: 'name', telling: true},
  {key: 'state', kind: 'state', telling: true, value: ({active}) => (active ? 'active' : 'inactive')},
  {key: 'platform'},
  {key: 'eventType', title: 'event type', wide: true},
  {key: 'dedupeBy', title: 'deduped by', wide: true},
  {key: 'scheme', title: 'signed', value: ({signature}) => signature?.scheme ?? 'no: token'},
  {key: 'url', title: 'address', whole: true, value: ({url, address}) => url ?? address},
  {key: 'lastAcceptedAt', title: 'last accepted', kind: 'time'},
  {key: 'lastRefusedAt', title: 'last refused', kind: 'time', wide: true},
  {key: 'lastRefusal', title: 'refused for', wide: true},
  {key: 'contextId', title: 'context', wide: true},
  {
    key: 'secrets',
    title: 'secret fingerprints',
    wide: true,
    value: ({secrets}) => secrets.map(secret => secret.fingerprint).join(','),
  },
  {key: 'updatedAt', title: 'updated', kind: 'time', wide: true},
  {key: 'createdAt', title: 'created', kind: 'time', wide: true},
]

/** A secret that was made is shown this once. */
export const createdSourceColumns: readonly Column<Addressed & {readonly secret?: string}>[] = [
  ...sourceColumns,
  {key: 'secret', wide: true, whole: true},
]
