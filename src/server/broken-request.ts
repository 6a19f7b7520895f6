import {type Server, STATUS_CODES} from 'node:http'
import type {Socket} from 'node:net'
import {HookctlError, toErrorBody, usageError} from '../errors.ts'

interface BrokenRequest {
  readonly status: number
  readonly error: HookctlError
}

const unreadable: BrokenRequest = {
  status: 400,
  error: usageError('bad_request', 'this is no HTTP request', {hint: 'speak HTTP/1.1'}),
}

const byCode: Readonly<Record<string, BrokenRequest>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    error: new HookctlError('too_large', 'headers_too_large', 'the headers are larger than the server takes', {
      hint: 'send shorter values',
    }),
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    error: new HookctlError('timeout', 'request_timeout', 'the request took too long to arrive', {
      hint: 'send it again',
    }),
  },
}

/** Answers what Node's parser gave up on in the shape of every other error, and hangs up. */
export function answerBrokenRequests(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (!socket.writable || error.code === 'ECONNRESET' || hasBegunToAnswer(socket)) {
      socket.destroy()
      return
    }
    const broken = byCode[error.code ?? ''] ?? unreadable
    socket.end(spell(broken), () => socket.destroy())
  })
}

/** A second status line in the middle of an answer would be read as part of it. */
const hasBegunToAnswer = (socket: Socket & {_httpMessage?: {headersSent: boolean} | null}): boolean =>
  socket._httpMessage?.headersSent === true

function spell({status, error}: BrokenRequest): string {
  const body = JSON.stringify(toErrorBody(error))
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'connection: close',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n')
}
