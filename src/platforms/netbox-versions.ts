import type {TimestampForm} from '../domain/timestamp.ts'

/**
 * NetBox: one JSON object per changed object, as Python's json.dumps writes it.
 *
 * - 2.6: the body of the 2.6 documentation; naive local time
 * - 2.7: 2.7.3 to 3.6.5; the time has its offset
 * - 3.6: 3.6.6 to 4.4; ISO 8601 time, snapshots
 * - 4.6: 4.5 and 4.6; object_type instead of model, the request
 * - 4.7: neither username nor request_id
 */
export interface Version {
  readonly timestamp: TimestampForm
  readonly names: readonly string[]
  readonly snapshots: boolean
  readonly jobs: boolean
  readonly templates: boolean
  readonly success: 'ok' | '2xx'
  /** Data that are no object go out as an empty one. */
  readonly dataIsObject?: true
}

const head = ['event', 'timestamp'] as const
export const tail = ['request', 'snapshots', 'context'] as const
const old = {snapshots: false, jobs: false, templates: false, success: 'ok'} as const
const current = {timestamp: 'iso-micros', snapshots: true, jobs: true, templates: true, success: '2xx'} as const

export const versions: Readonly<Record<string, Version>> = {
  '2.6': {...old, timestamp: 'space-micros-naive', names: [...head, 'username', 'model', 'request_id', 'data']},
  '2.7': {
    ...old,
    templates: true,
    timestamp: 'space-micros',
    names: [...head, 'model', 'username', 'request_id', 'data', 'snapshots'],
  },
  '3.6': {...current, names: [...head, 'model', 'username', 'request_id', 'data', 'snapshots']},
  '4.6': {...current, names: [...head, 'object_type', 'username', 'request_id', 'data', ...tail]},
  '4.7': {...current, dataIsObject: true, names: [...head, 'object_type', 'data', ...tail]},
}

export const versionOf = (version: string): Version => versions[version] ?? (versions['4.6'] as Version)
