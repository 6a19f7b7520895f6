import type {EventType} from '../domain/platform.ts'
import {closedCatalog, example} from './shared/catalog.ts'

const CREATED = '2026-07-03T12:00:00Z'
/** Who it was where nobody is named. */
export const system = {kind: 'system', name: null} as const

const alert: EventType = {
  name: 'alerts',
  category: 'Alerts',
  summary: 'an alert as on the Alerts page',
  change: null,
  example: example({
    type: 'alerts',
    actor: system,
    data: {
      created: CREATED,
      danger: 7,
      params: {
        country: 'DE',
        country_name: 'Germany',
        days: 30,
        host: 'Mailserver',
        host_pub: 'aB3dE5fG7h1',
        ip: '203.0.113.40',
        peer: 'CI',
        peer_pub: 'k9LmN2oPq4R',
      },
      suppress_until: '2026-07-04T11:59:59Z',
      type: 'endpoint_ip_first_use_country',
      updated: CREATED,
    },
  }),
}

const endpointStats: EventType = {
  name: 'endpoint_stats',
  category: 'Endpoint Stats',
  summary: 'a WireGuard handshake with addresses and traffic',
  change: null,
  example: example({
    type: 'endpoint_stats',
    object: {type: 'endpoints', id: 'CtfsGB3cABY', name: 'CI'},
    actor: system,
    data: {
      created: CREATED,
      handshake: '2026-07-03T11:59:09Z',
      ip: '2001:db8::41',
      port: 51824,
      rx_delta: 748,
      rx_total: 31_591_436,
      tx_delta: 772,
      tx_total: 70_276_620,
    },
  }),
}

const user = {kind: 'user', name: 'admin', id: '3tjDGN2gXpT'} as const

const logAuthn: EventType = {
  name: 'log_authn',
  category: 'Log Authn',
  summary: 'somebody authenticated, or tried to',
  change: null,
  example: example({
    type: 'log_authn',
    actor: user,
    data: {
      created: CREATED,
      errors: [],
      ip: '203.0.113.42',
      status: 'ok',
      type: 'X-Custos',
      url: '/sessions',
      verifications: ['password', 'user'],
    },
  }),
}

export const logChanges: EventType = {
  name: 'log_changes',
  category: 'Log Changes',
  summary: 'a field of the WireGuard configuration changed',
  change: {objectType: 'endpoints', change: 'changed'},
  example: example({
    type: 'log_changes',
    object: {type: 'endpoints', id: 'PykHtrVmLHs', name: 'CI'},
    actor: user,
    data: {
      created: CREATED,
      field: 'ip',
      id: 'PykHtrVmLHs',
      new_value: '203.0.113.44',
      old_value: '203.0.113.43',
      type: 'endpoints',
    },
    before: {ip: '203.0.113.43'},
    after: {ip: '203.0.113.44'},
  }),
}

/** The four types, and no others: a webhook has exactly one of them. */
export const catalog = closedCatalog([alert, endpointStats, logAuthn, logChanges])
