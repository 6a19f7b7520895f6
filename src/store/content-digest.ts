import {hash} from 'node:crypto'
import type {Event} from '../domain/event.ts'

/** What the caller said happened; not what hookctl adds where the caller says nothing (times, ids, request). */
export function contentDigest(event: Event): Uint8Array {
  const {type, contextId, object, data, before, after, extra, actor} = event
  const parts = [type, contextId, object?.type, object?.id, object?.name, actor.name, data, before, after, extra]
  return hash('sha256', JSON.stringify(parts.map(part => part ?? null)), 'buffer')
}
