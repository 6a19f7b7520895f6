import type {ExampleEvent} from '../domain/platform.ts'
import type {ObjectType} from './netbox-objects.ts'
import {example} from './shared/catalog.ts'

const ID = 54
const URL_METHODS: Readonly<Record<string, string>> = {created: 'POST', updated: 'PATCH', deleted: 'DELETE'}

/** What the 2.6 documentation shows of a site, for the versions of its time; later ones carry urls and labels. */
const isOld = (version: string): boolean => version === '2.6' || version === '2.7'

/** An event that `event send --example` can send: a whole object with its snapshots, or a job. */
export function netboxExample(type: string, object: ObjectType, change: string, version: string): ExampleEvent {
  const actor = {kind: 'user', name: 'admin'} as const
  const about = {type: object.name, id: String(ID), name: object.display}
  if (change.startsWith('job_')) return example({type, object: about, actor, data: jobData(object, change)})
  const isChange = Object.hasOwn(URL_METHODS, change)
  const was = snapshot(object, change === 'updated' ? 'old text' : '')
  return example({
    type,
    object: about,
    actor,
    data: isOld(version) ? oldData(object) : currentData(object),
    // What a plugin tells is no change of the object, and no request makes it.
    before: isChange && change !== 'created' ? was : null,
    after: isChange && change !== 'deleted' ? snapshot(object, '') : null,
    extra: isOld(version) || !isChange ? null : {request: request(object, change)},
  })
}

function currentData(object: ObjectType): object {
  return {
    id: ID,
    url: `${object.path}${ID}/`,
    display_url: `${object.path.replace('/api', '')}${ID}/`,
    display: object.display,
    ...named(object),
    description: '',
    tags: [],
    custom_fields: {},
    created: '2026-07-03T12:00:00.123456Z',
    last_updated: '2026-07-03T12:00:00.123456Z',
  }
}

const oldData = (object: ObjectType): object => ({
  id: ID,
  ...named(object),
  comments: '',
  tags: [],
  custom_fields: {},
  created: '2019-10-12',
  last_updated: '2019-10-12T12:51:29.746944Z',
})

const snapshot = (object: ObjectType, description: string): object => ({
  created: '2026-07-03T12:00:00.123Z',
  last_updated: '2026-07-03T12:00:00.123Z',
  description,
  ...named(object),
  custom_fields: {},
  tags: [],
})

/** Addresses and prefixes have no name of their own. */
function named({name, display}: ObjectType): object {
  if (name === 'ipam.ipaddress') return {address: display, status: 'active'}
  if (name === 'ipam.prefix' || name === 'ipam.aggregate') return {prefix: display}
  return {name: display, slug: slugOf(display)}
}

const slugOf = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

const request = (object: ObjectType, change: string): object => ({
  id: '17af32f0-852a-46ca-a7d4-33ecd0c13de6',
  method: URL_METHODS[change],
  path: change === 'created' ? object.path : `${object.path}${ID}/`,
  user: 'admin',
})

const jobData = (object: ObjectType, change: string): object => ({
  id: 311,
  url: '/api/core/jobs/311/',
  object_type: object.name,
  object_id: ID,
  name: object.display,
  status: change === 'job_ended' ? {value: 'completed', label: 'Completed'} : {value: 'running', label: 'Running'},
  started: '2026-07-03T12:00:00.123456Z',
  completed: change === 'job_ended' ? '2026-07-03T12:00:04.000001Z' : null,
  job_id: '9f6ac9d2-0b9a-4c53-8f4b-0f3b6d2f6a01',
})
