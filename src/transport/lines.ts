import type {Socket} from 'node:net'
import type {AnswerReader} from './answer.ts'
import {AnswerParser} from './answer-parser.ts'
import {type Opening, openConnection} from './connection.ts'
import type {Connector, Origin} from './connector.ts'
import {Closed, type Phase} from './failure.ts'
import type {Guard} from './guard.ts'
import type {Tunnel} from './tunnel.ts'

/** A request as it goes on the wire. */
export interface WireRequest {
  /** First line and headers, with the empty line behind them. */
  readonly head: string
  readonly body: Uint8Array
}

/** One connection at a time to one origin; opens a new one when the last was closed. */
export interface Line {
  readonly phase: Phase
  /** The address at the other end, or the one that was tried last. */
  readonly remoteAddress: string | null
  /** Whether the request now under way had to open a connection. */
  readonly opened: boolean
  /** So long its connection may wait for another request; 0: not at all. */
  readonly keptMs: number
  /**
   * Sends one request. The answer is told of its end, once; there is none where the line is killed.
   *
   * @param flooded to be called should far more come in than an answer is read
   */
  send(request: WireRequest, answer: AnswerReader, flooded: () => void): void
  /** Ends it at once, also in the middle of a look-up or a connect. */
  kill(): void
}

/**
 * So much comes in from one request to the next, then the connection is destroyed (A12): an answer as long as we read,
 * with all that stands around it (hints, chunk sizes and their extensions, empty lines).
 */
export const MOST_RECEIVED = 192 * 1024

interface Sending {
  readonly request: WireRequest
  readonly answer: AnswerReader
  readonly flooded: () => void
}

/** @param way opens its connections: itself, or through a proxy */
export function openLine(origin: Origin, way: Connector | Tunnel, guard: Guard): Line {
  const parser = new AnswerParser()
  let opening: Opening | null = null
  /** Once it is connected, and until it is closed. */
  let socket: Socket | null = null
  let sending: Sending | null = null
  /** Whether nothing of it is written yet. */
  let waits = false
  let opened = false
  /** Bytes that had come in before the request now under way. */
  let before = 0

  function connect(of: Sending): void {
    opened = true
    opening = openConnection(origin, {way, guard, receive}, (error, connected) => {
      if (sending !== of) connected?.destroy()
      else if (connected === null) fail(error)
      else {
        listen(connected)
        writeTo(connected, of)
      }
    })
  }

  function listen(connected: Socket): void {
    socket = connected
    connected.on('end', () => {
      if (socket !== connected) return
      if (parser.end()) finish()
      else fail(new Closed())
    })
    const lost = (error: unknown) => {
      if (socket === connected) fail(error)
    }
    connected.on('error', lost)
    connected.on('close', () => lost(new Closed()))
  }

  function write(of: Sending): void {
    if (sending !== of) return
    waits = false
    // It was closed meanwhile.
    if (socket === null) connect(of)
    else writeTo(socket, of)
  }

  function writeTo(connected: Socket, {request, answer}: Sending): void {
    before = connected.bytesRead
    parser.begin(answer)
    connected.cork()
    connected.write(request.head, 'latin1')
    if (request.body.length > 0) connected.write(request.body)
    connected.uncork()
  }

  function receive(bytes: Buffer): void {
    // Nobody has asked for anything.
    if (parser.isOver) drop()
    else if (socket !== null && socket.bytesRead - before > MOST_RECEIVED) flood()
    else read(bytes)
  }

  function flood(): void {
    const of = sending
    drop()
    of?.flooded()
  }

  function read(bytes: Buffer): void {
    try {
      parser.feed(bytes)
    } catch (error) {
      fail(error)
    }
    if (parser.isOver) finish()
  }

  function finish(): void {
    const of = sending
    sending = null
    of?.answer.ended(null)
  }

  function fail(error: unknown): void {
    const of = sending
    drop()
    if (waits) return
    sending = null
    of?.answer.ended(error)
  }

  function drop(): void {
    socket?.destroy()
    socket = null
  }

  return {
    get phase() {
      return opening?.phase ?? 'exchange'
    },
    get remoteAddress() {
      return opening?.remoteAddress ?? null
    },
    get opened() {
      return opened
    },
    get keptMs() {
      return socket === null || socket.writableLength > 0 ? 0 : parser.keptMs
    },
    send(request, answer, flooded) {
      const of = {request, answer, flooded}
      sending = of
      opened = false
      if (socket === null) connect(of)
      else {
        waits = true
        // Not before what has come in was read, and once more: who closes after an answer without saying so is heard then.
        setImmediate(() => setImmediate(write, of))
      }
    },
    kill() {
      sending = null
      waits = false
      opening?.cancel()
      drop()
    },
  }
}
