import type {Output, Parsed} from '../api/operations.ts'
import {
  addPruned,
  defaultRetention,
  nothingPruned,
  type Retention,
  type RetentionKind,
  retentionKinds,
} from '../domain/retention.ts'
import {usageError} from '../errors.ts'
import type {Deps} from './deps.ts'

/** Rows a transaction may remove: short enough for an accept to wait for. */
const SLICE = 500
/** A call comes back in about a second, also where others write: who asked goes on with its cursor. */
const SLICES_PER_CALL = 40

export const retentionOf = ({retention}: Pick<Deps, 'retention'>): Retention => retention ?? defaultRetention

/**
 * Removes some of what is past its time, by the policy or by an age of one's own; again and again with the cursor until
 * there is none. A dry run counts what a real one would remove and removes nothing.
 */
export async function pruneStore(
  deps: Deps,
  {kinds, olderThanMs, dryRun, cursor: given}: Parsed<'store.prune'>,
): Promise<Output<'store.prune'>> {
  const policy = retentionOf(deps)
  const ageOf = (kind: RetentionKind) => olderThanMs ?? policy[kind]
  const wanted = retentionKinds.filter(kind => (kinds ?? retentionKinds).includes(kind) && ageOf(kind) !== null)
  let place = given === undefined ? placeAt(wanted, 0) : placeIn(given, wanted)
  let pruned = nothingPruned
  for (let slices = 0; place !== null && slices < SLICES_PER_CALL; slices++) {
    const {kind} = place
    const slice = await deps.store.retention.prune({
      kind,
      before: deps.now() - (ageOf(kind) as number),
      limit: SLICE,
      cursor: place.cursor,
      keepEnds: policy.historyEnds,
      dryRun,
    })
    pruned = addPruned(pruned, slice.pruned)
    place = slice.cursor === null ? placeAt(wanted, wanted.indexOf(kind) + 1) : {kind, cursor: slice.cursor}
  }
  return {pruned, cursor: place === null ? null : `${place.kind}.${place.cursor ?? ''}`}
}

interface Place {
  readonly kind: RetentionKind
  readonly cursor: string | null
}

function placeAt(wanted: readonly RetentionKind[], index: number): Place | null {
  const kind = wanted[index]
  return kind === undefined ? null : {kind, cursor: null}
}

function placeIn(text: string, wanted: readonly RetentionKind[]): Place {
  const [name = '', cursor = ''] = text.split('.')
  const kind = wanted.find(each => each === name)
  if (kind !== undefined) return {kind, cursor: cursor === '' ? null : cursor}
  throw usageError('bad_cursor', 'not a cursor of this prune', {path: 'cursor', hint: 'begin again without a cursor'})
}

/** Gives the free room in the file back to the disk. Everything else waits meanwhile. */
export async function compactStore({store}: Pick<Deps, 'store'>): Promise<Output<'store.compact'>> {
  const before = await store.extent()
  await store.retention.compact()
  const after = await store.extent()
  const sizeOf = ({fileBytes, logBytes}: typeof before) => (fileBytes ?? 0) + (logBytes ?? 0)
  return {freedBytes: Math.max(0, sizeOf(before) - sizeOf(after)), fileBytes: after.fileBytes}
}
