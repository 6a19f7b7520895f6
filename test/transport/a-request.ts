import type {TransportRequest} from '../../src/transport/request.ts'

export const aRequest = (url: string, changes: Partial<TransportRequest> = {}): TransportRequest => ({
  url,
  method: 'POST',
  headers: [['Content-Type', 'application/json']],
  body: Buffer.from('{"a":1}'),
  timeoutMs: 5000,
  tls: {verify: true, caFile: null},
  ...changes,
})
