import type {Dispatcher} from 'undici'
import {MASK} from '../domain/mask.ts'
import type {Header} from '../domain/webhook.ts'
import {NotHttp} from './failure.ts'

/** An answer is read no further than this; the socket is then destroyed (A12). */
const MOST_READ = 64 * 1024
const MOST_KEPT = 16 * 1024
const MOST_HEADERS = 50

const nothing = new Uint8Array()

/** Takes what undici reads of one answer, keeps the beginning of it, and says once that it is over. */
export class AnswerReader implements Dispatcher.DispatchHandler {
  status: number | null = null
  headers: readonly Header[] = []
  bytes = 0
  /** Whether more came than is kept. */
  truncated = false
  /** Whether its connection was destroyed before its end. */
  cut = false
  readonly #kept: Buffer[] = []
  #keptBytes = 0
  readonly #ended: (error: unknown) => void

  /** @param ended called once: with null when the answer is whole or as long as we read, else with the error */
  constructor(ended: (error: unknown) => void) {
    this.#ended = ended
  }

  get body(): Uint8Array {
    return this.#keptBytes === 0 ? nothing : Buffer.concat(this.#kept)
  }

  onRequestStart(): void {}

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 100) this.#refuse(controller, new NotHttp(`a status of ${status}`))
    // 103 and its like are no answer yet.
    if (status < 200) return
    this.status = status
    this.headers = readHeaders(controller.rawHeaders as readonly Buffer[])
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.bytes += chunk.length
    const room = MOST_KEPT - this.#keptBytes
    if (chunk.length > room) this.truncated = true
    if (room > 0) this.#keep(chunk.subarray(0, room))
    if (this.bytes <= MOST_READ) return
    this.cutOff()
    this.#ended(null)
    controller.abort(new Error('read enough'))
  }

  onResponseEnd(): void {
    this.#ended(null)
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#ended(error)
  }

  /** Nothing more of it is read. False where it has not even begun. */
  cutOff(): boolean {
    this.cut = true
    this.truncated = true
    return this.status !== null
  }

  #refuse(controller: Dispatcher.DispatchController, error: Error): void {
    this.#ended(error)
    controller.abort(error)
  }

  #keep(chunk: Buffer): void {
    this.#kept.push(chunk)
    this.#keptBytes += chunk.length
  }
}

function readHeaders(raw: readonly Buffer[]): readonly Header[] {
  const headers: Header[] = []
  for (let index = 0; index + 1 < raw.length && headers.length < MOST_HEADERS; index += 2) {
    const name = raw[index]!.toString('latin1')
    headers.push([name, /^set-cookie2?$/i.test(name) ? MASK : raw[index + 1]!.toString('latin1')])
  }
  return headers
}
