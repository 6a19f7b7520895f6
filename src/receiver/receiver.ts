import {createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES} from 'node:http'
import type {AddressInfo, Socket} from 'node:net'
import {setTimeout as wait} from 'node:timers/promises'
import {leftCoding} from '../domain/headers.ts'
import {type Answer, textAnswer} from './answer.ts'
import {listening} from './listening.ts'
import {malformedDetail, malformedReason, malformedStatus, type ParseError} from './malformed.ts'
import type {Header, RawRequest} from './raw-http.ts'
import {memoryBudget, type Refusal, readBody} from './read-body.ts'

export interface ReceivedRequest extends RawRequest {
  /** Counts the requests that were taken in, from 1. */
  readonly n: number
  /** Milliseconds since the epoch: when its head was there. */
  readonly receivedAt: number
  /** Address of the sender. */
  readonly from: string
}

export interface RefusedRequest {
  readonly reason: Refusal
  readonly receivedAt: number
  /** A sentence without a full stop. */
  readonly detail: string
  /** The status it was answered with; null where nobody was there any more. */
  readonly status: number | null
}

export interface ReceiverOptions {
  /** Default 127.0.0.1: only this machine. */
  readonly host?: string
  /** 0 is any free one. */
  readonly port: number
  /** Of one body; larger ones get 413. Default 32 MiB. */
  readonly maxBodyBytes?: number
  /** From the first byte of a request to its last. Default 30 s. */
  readonly requestTimeoutMs?: number
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  /** Decides the answer; a rejection becomes a 500 and is handed to `onFailure`. */
  readonly respond: (request: ReceivedRequest) => Answer | Promise<Answer>
  /** The answer is decided and goes out after its delay. */
  readonly onRequest?: (request: ReceivedRequest, answer: Answer) => void
  /** The answer went out, or the sender was gone before. */
  readonly onAnswered?: (request: ReceivedRequest, sent: boolean) => void
  readonly onRefused?: (refused: RefusedRequest) => void
  /** What `respond` or a callback threw. */
  readonly onFailure?: (error: unknown) => void
}

interface ReceiverCounts {
  readonly received: number
  readonly answered: number
  readonly refused: number
}

export interface Receiver {
  readonly host: string
  readonly port: number
  /** Where to send to, with the port that was taken. */
  readonly url: string
  counts(): ReceiverCounts
  /** Stops at once: answers that still wait for their delay are not sent. */
  close(): Promise<void>
}

const MIB = 1024 * 1024
const HEADERS_TIMEOUT_MS = 10_000
const MAX_HEAD_BYTES = 64 * 1024
const MAX_CONNECTIONS = 512
const MAX_BODIES_BYTES = 256 * MIB

const STATUS_OF: Readonly<Record<Refusal, number>> = {
  body_too_large: 413,
  overloaded: 503,
  incomplete_request: 400,
  malformed_request: 400,
  coded_body: 415,
}

/**
 * A local HTTP receiver: takes any method, keeps the exact bytes and every header in its order, and answers as `respond`
 * decides. Slow, huge and crowding senders are bounded.
 *
 * @throws conflict `port_taken`; usage `port_not_allowed`, `host_not_local`; unreachable `cannot_listen`
 */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const intake = new Intake(options)
  // As in a URL or without the brackets: both are an address.
  const host = (options.host ?? '127.0.0.1').replace(/^\[(.+)\]$/, '$1')
  await listening(intake.server, {host, port: options.port})
  const {port} = intake.server.address() as AddressInfo
  return {
    host,
    port,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/`,
    counts: () => ({...intake.counts}),
    close: () => intake.close(),
  }
}

class Intake {
  readonly server: Server
  readonly counts = {received: 0, answered: 0, refused: 0}
  readonly #options: ReceiverOptions
  readonly #now: () => number
  readonly #stop = new AbortController()
  readonly #budget = memoryBudget(MAX_BODIES_BYTES)
  readonly #maxBytes: number
  /** Told as malformed already: their bodies end early, which is no second thing to tell. */
  readonly #broken = new WeakSet<Socket>()

  constructor(options: ReceiverOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    this.#maxBytes = options.maxBodyBytes ?? 32 * MIB
    const requestTimeout = options.requestTimeoutMs ?? 30_000
    this.server = createServer({
      maxHeaderSize: MAX_HEAD_BYTES,
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeout),
      requestTimeout,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: Math.min(1_000, requestTimeout),
      // Half of the senders under test are written by hand: one without a Host is still worth seeing.
      requireHostHeader: false,
    })
    this.server.maxHeadersCount = 0
    this.server.maxConnections = MAX_CONNECTIONS
    const take = (request: IncomingMessage, response: ServerResponse) => {
      this.#take(request, response).catch(error => this.#failed(error, response))
    }
    this.server.on('request', take)
    this.server.on('checkExpectation', take)
    this.server.on('checkContinue', (request, response) => {
      if (Number(request.headers['content-length']) > this.#maxBytes) this.#refuseEarly(response)
      else {
        response.writeContinue()
        take(request, response)
      }
    })
    this.server.on('connect', (_, socket) => this.#refuseTunnel(socket as Socket))
    this.server.on('clientError', (error, socket) => this.#malformed(error, socket as Socket))
  }

  async #take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const receivedAt = this.#now()
    if (leftCoding(incoming.headers['transfer-encoding'] ?? '') !== null) {
      return this.#refuse('coded_body', receivedAt, response)
    }
    const body = await readBody(incoming, {maxBytes: this.#maxBytes, budget: this.#budget})
    if (typeof body !== 'string') {
      return this.#answer(incoming, response, {receivedAt, body}).finally(() => this.#budget.give(body.length))
    }
    if (!this.#broken.has(incoming.socket)) this.#refuse(body, receivedAt, response)
  }

  async #answer(
    incoming: IncomingMessage,
    response: ServerResponse,
    {receivedAt, body}: {readonly receivedAt: number; readonly body: Buffer},
  ): Promise<void> {
    this.counts.received += 1
    const request: ReceivedRequest = {
      n: this.counts.received,
      receivedAt,
      from: incoming.socket.remoteAddress ?? '',
      method: incoming.method ?? '',
      target: incoming.url ?? '',
      headers: pairs(incoming.rawHeaders),
      body,
    }
    const answer = await this.#decide(request)
    this.#options.onRequest?.(request, answer)
    const sent = await this.#send(answer, response)
    if (sent) this.counts.answered += 1
    this.#options.onAnswered?.(request, sent)
  }

  async #decide(request: ReceivedRequest): Promise<Answer> {
    try {
      return await this.#options.respond(request)
    } catch (error) {
      this.#options.onFailure?.(error)
      return textAnswer(500, 'the receiver failed: its terminal says why')
    }
  }

  /** Whether all of it went to a sender that was still there. */
  async #send({status, headers, body, delayMs = 0}: Answer, response: ServerResponse): Promise<boolean> {
    const {signal} = this.#stop
    if (delayMs > 0) await wait(delayMs, undefined, {signal}).catch(() => {})
    if (signal.aborted || response.destroyed) return false
    return new Promise(resolve => {
      response.once('close', () => resolve(response.writableFinished))
      response.writeHead(status, [...withLength(headers, status, body.length, response.req.method)].flat())
      response.end(body)
    })
  }

  #refuse(reason: Refusal, receivedAt: number, response: ServerResponse): void {
    const detail = this.#detailOf(reason)
    const reachable = !response.destroyed && response.socket?.writable === true
    this.#countRefused({reason, receivedAt, detail, status: reachable ? STATUS_OF[reason] : null})
    if (!reachable) return
    response.writeHead(STATUS_OF[reason], {'Content-Type': 'text/plain; charset=utf-8', Connection: 'close'})
    response.end(`${detail}\n`)
  }

  #detailOf(reason: Refusal): string {
    if (reason === 'body_too_large') return `the body is larger than ${this.#maxBytes} bytes`
    if (reason === 'overloaded') return 'too many large bodies at a time'
    if (reason === 'coded_body') return 'the Transfer-Encoding is not chunked alone: the body cannot be read'
    return 'the connection ended before the request did'
  }

  #refuseEarly(response: ServerResponse): void {
    this.#refuse('body_too_large', this.#now(), response)
  }

  #refuseTunnel(socket: Socket): void {
    const detail = 'CONNECT asks for a tunnel; this receiver is no proxy'
    this.#countRefused({reason: 'malformed_request', receivedAt: this.#now(), detail, status: 405})
    socket.on('error', () => {})
    socket.end('HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
  }

  #malformed(error: ParseError, socket: Socket): void {
    // A client that goes away between requests, or while its body is read (counted there), is nothing to tell.
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
    const status = malformedStatus(error)
    const detail = malformedDetail(error, MAX_HEAD_BYTES)
    this.#broken.add(socket)
    this.#countRefused({reason: malformedReason(error), receivedAt: this.#now(), detail, status})
    socket.on('error', () => {})
    const text = `${STATUS_CODES[status]}\r\nContent-Length: 0\r\nConnection: close`
    socket.end(`HTTP/1.1 ${status} ${text}\r\n\r\n`, () => socket.destroy())
  }

  #countRefused(refused: RefusedRequest): void {
    this.counts.refused += 1
    this.#options.onRefused?.(refused)
  }

  #failed(error: unknown, response: ServerResponse): void {
    response.destroy()
    this.#options.onFailure?.(error)
  }

  async close(): Promise<void> {
    this.#stop.abort()
    const closed = new Promise<void>(resolve => this.server.close(() => resolve()))
    this.server.closeAllConnections()
    await closed
  }
}

function pairs(rawHeaders: readonly string[]): Header[] {
  return Array.from({length: rawHeaders.length / 2}, (_, at) => [rawHeaders[2 * at]!, rawHeaders[2 * at + 1]!] as const)
}

/** The headers with the length of this body; a HEAD answer keeps the length of the body it leaves out. */
function withLength(headers: readonly Header[], status: number, bytes: number, method: string | undefined): Header[] {
  if (status === 204 || status === 304 || method === 'HEAD') return [...headers]
  return [...headers.filter(([name]) => name.toLowerCase() !== 'content-length'), ['Content-Length', String(bytes)]]
}
