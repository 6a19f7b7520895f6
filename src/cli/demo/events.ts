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
  {
    type: 'entrypoint.configuration.audit',
    object: {type: 'AttributeProfile', id: 'prf-4', name: 'Staff'},
    actor: {kind: 'user', name: 'ops', email: 'ops@example.test', id: 'usr-9'},
    data: {
      action: 'UPDATE',
      description: 'Attribute Profile "Staff" updated',
      changes: [{field: 'VLAN', secret: false, before: '20', after: '30'}],
    },
  },
  {
    type: 'subscriber-nas-updated',
    data: {
      name: 'Jane Doe',
      username: 'jane@isp.example.test',
      last_known_nas_ip4: '198.51.100.7',
      last_known_nas_name: 'bng-1',
    },
  },
  {
    type: 'alerts',
    data: {danger: 7, params: {host: 'Mailserver', ip: '203.0.113.40'}, type: 'endpoint_ip_first_use_country'},
  },
  {
    type: 'alerts',
    data: {danger: 3, params: {host: 'CI', days: 45}, type: 'endpoint_last_handshake'},
  },
]
