import type {Refusal} from './read-body.ts'

/** Of node's HTTP parser; `rawPacket` is what it stumbled over. */
export type ParseError = NodeJS.ErrnoException & {readonly rawPacket?: Buffer}

/** The first byte of a TLS handshake. */
const TLS_HANDSHAKE = 0x16

export function malformedDetail(error: ParseError, maxHeadBytes: number): string {
  if (error.rawPacket?.[0] === TLS_HANDSHAKE) return 'a TLS handshake came: this receiver speaks http://, not https://'
  if (error.code === 'HPE_PAUSED_H2_UPGRADE') return 'HTTP/2 came: this receiver speaks HTTP/1.1'
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'the request did not come to its end in time'
  if (error.code === 'HPE_INVALID_EOF_STATE') return 'the connection ended before the request did'
  if (error.code === 'HPE_HEADER_OVERFLOW') return `the headers are larger than ${maxHeadBytes} bytes`
  return `what came is no HTTP request (${error.code ?? error.message})`
}

const INCOMPLETE = ['ERR_HTTP_REQUEST_TIMEOUT', 'HPE_INVALID_EOF_STATE']
const STATUSES: Readonly<Record<string, number>> = {HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408}

export const malformedReason = ({code = ''}: ParseError): Refusal =>
  INCOMPLETE.includes(code) ? 'incomplete_request' : 'malformed_request'

/** What a sender of something unreadable is answered. */
export const malformedStatus = ({code = ''}: ParseError): number => STATUSES[code] ?? 400
