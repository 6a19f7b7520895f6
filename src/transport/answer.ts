import {MASK} from '../domain/mask.ts'
import type {Header} from '../domain/webhook.ts'
import type {AnswerListener} from './answer-parser.ts'

/** An answer is read no further than this; the socket is then destroyed (A12). */
const MOST_READ = 64 * 1024
const MOST_KEPT = 16 * 1024
const MOST_HEADERS = 50

const nothing = Buffer.alloc(0)

/** Takes what is read of one answer, keeps the beginning of it, and says when it is over. */
export class AnswerReader implements AnswerListener {
  status: number | null = null
  headers: readonly Header[] = []
  bytes = 0
  /** Whether more came than is kept. */
  truncated = false
  /** Whether its connection was destroyed before its end. */
  cut = false
  #kept: Buffer = nothing
  #keptBytes = 0
  /** To be called when it is over: with null where it is whole or as long as we read, else with the error. */
  readonly ended: (error: unknown) => void

  constructor(ended: (error: unknown) => void) {
    this.ended = ended
  }

  get body(): Uint8Array {
    return this.#kept.subarray(0, this.#keptBytes)
  }

  begun(status: number, headers: readonly Header[]): void {
    this.status = status
    this.headers = headers.slice(0, MOST_HEADERS).map(withoutCookie)
  }

  received(chunk: Buffer): void {
    this.bytes += chunk.length
    const room = MOST_KEPT - this.#keptBytes
    if (chunk.length > room) this.truncated = true
    if (room > 0) this.#keep(chunk.subarray(0, room))
    if (this.bytes <= MOST_READ) return
    this.cutOff()
    this.ended(null)
  }

  /** Nothing more of it is read. False where it has not even begun. */
  cutOff(): boolean {
    this.cut = true
    this.truncated = true
    return this.status !== null
  }

  /** Mostly there is one piece. Of many, as small as they like, one place holds all. */
  #keep(piece: Buffer): void {
    if (this.#keptBytes === 0) this.#kept = Buffer.from(piece)
    else {
      if (this.#kept.length < MOST_KEPT) this.#kept = Buffer.concat([this.#kept], MOST_KEPT)
      this.#kept.set(piece, this.#keptBytes)
    }
    this.#keptBytes += piece.length
  }
}

const withoutCookie = (header: Header): Header => (/^set-cookie2?$/i.test(header[0]) ? [header[0], MASK] : header)
