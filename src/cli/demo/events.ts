import type {EventInput} from '../../api/events.ts'

/** One event for each platform, as their documents tell them. */
export const demoEvents: readonly EventInput[] = [
  {
    type: 'node.added',
    object: {type: 'Node', id: '7', name: 'db-1'},
    actor: {kind: 'user', name: 'ada'},
    data: {name: 'db-1', nebula_ip: '10.42.0.7'},
  },
  {
    type: 'dcim.site.created',
    object: {type: 'dcim.site', id: '54', name: 'Köln-2'},
    actor: {kind: 'user', name: 'admin'},
    data: {id: 54, name: 'Köln-2', slug: 'koln-2', status: {value: 'active', label: 'Active'}, region: null},
    after: {name: 'Köln-2', slug: 'koln-2', status: 'active', region: null},
  },
  {
    type: 'group.updated',
    object: {type: 'Tag', id: '3', name: 'web'},
    actor: {kind: 'user', name: 'ada'},
    data: {name: 'web'},
  },
]
