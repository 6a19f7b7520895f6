import {headerValueIn} from '../domain/blanks.ts'
import type {Header} from '../domain/webhook.ts'
import {BadAnswer, notHttp} from './failure.ts'
import {type Framing, framingOf, type Status} from './framing.ts'

/** Is told what is read of one answer, as it comes. */
export interface AnswerListener {
  begun(status: number, headers: readonly Header[]): void
  /** Whoever wants to keep any of it copies it. */
  received(bytes: Buffer): void
}

/** All header lines of one answer together, and all trailers. */
const MOST_HEADER_BYTES = 16 * 1024

const LF = 10

/** What comes next on the connection. */
type Part = 'status' | 'headers' | 'length' | 'until-end' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailers' | 'over'

const firstPart: Readonly<Record<Framing['body'], Part>> = {
  none: 'over',
  length: 'length',
  chunks: 'chunk-size',
  'until-end': 'until-end',
}

/**
 * Reads the answers of one connection, one after the other, in whatever pieces they come.
 *
 * Hints (1xx) are passed over. Strict about line ends, names and lengths: nothing may hide behind an answer. How much may
 * come in all is for the connection to watch, but for headers. Source: RFC 9112, 4 to 7.
 */
export class AnswerParser {
  #part: Part = 'over'
  #listener: AnswerListener | null = null
  /** What has come of the line that is being read. */
  #line = ''
  #status: Status = {persists: false, code: 0}
  #headers: Header[] = []
  #headerBytes = 0
  /** Bytes still to come of a body with a length, or of a chunk. */
  #left = 0
  #keptMs = 0

  get isOver(): boolean {
    return this.#part === 'over'
  }

  /** For how long the connection may be kept once the answer is over; 0: not at all. */
  get keptMs(): number {
    return this.#keptMs
  }

  begin(listener: AnswerListener): void {
    this.#listener = listener
    this.#part = 'status'
    this.#line = ''
  }

  /** @throws BadAnswer */
  feed(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length && this.#part !== 'over') at = this.#take(bytes, at)
    // What comes behind it was not asked for, and the next answer would be taken for one to another request.
    if (at < bytes.length) this.#keptMs = 0
  }

  /** The connection has ended. Answers whether that is the end of the answer, too. */
  end(): boolean {
    if (this.#part !== 'until-end') return false
    this.#part = 'over'
    return true
  }

  /** Answers up to where. */
  #take(bytes: Buffer, from: number): number {
    if (this.#part === 'until-end') return this.#receive(bytes, from, bytes.length)
    if (this.#part !== 'length' && this.#part !== 'chunk') return this.#takeLine(bytes, from)
    const to = this.#receive(bytes, from, Math.min(bytes.length, from + this.#left))
    this.#left -= to - from
    if (this.#left === 0) this.#part = this.#part === 'chunk' ? 'chunk-end' : 'over'
    return to
  }

  #receive(bytes: Buffer, from: number, to: number): number {
    this.#listener?.received(bytes.subarray(from, to))
    return to
  }

  #takeLine(bytes: Buffer, from: number): number {
    const end = bytes.indexOf(LF, from)
    const to = end < 0 ? bytes.length : end + 1
    if (this.#part === 'headers' || this.#part === 'trailers') this.#countHeaders(to - from)
    this.#line += bytes.toString('latin1', from, to)
    if (this.#part === 'status') checkBeginning(this.#line)
    if (end < 0) return to
    const line = this.#line
    this.#line = ''
    if (!line.endsWith('\r\n')) throw notHttp('a line of it does not end with CR LF')
    this.#read(line.slice(0, -2))
    return to
  }

  #countHeaders(bytes: number): void {
    this.#headerBytes += bytes
    if (this.#headerBytes <= MOST_HEADER_BYTES) return
    throw new BadAnswer(host => `${host} answered with more than ${MOST_HEADER_BYTES / 1024} KiB of headers`)
  }

  #read(line: string): void {
    switch (this.#part) {
      case 'status':
        // An empty line may be left over from an answer before.
        if (line !== '') this.#beginHeaders(statusIn(line))
        return
      case 'headers':
        if (line === '') this.#endHeaders()
        else this.#headers.push(headerIn(line, this.#headers.length + 1))
        return
      case 'chunk-size':
        this.#left = chunkSizeIn(line)
        this.#part = this.#left === 0 ? 'trailers' : 'chunk'
        return
      case 'chunk-end':
        if (line !== '') throw notHttp('a chunk of it is longer than it says')
        this.#part = 'chunk-size'
        return
      default:
        if (line === '') this.#part = 'over'
        else headerIn(line, 1)
    }
  }

  #beginHeaders(status: Status): void {
    this.#status = status
    this.#headers = []
    this.#headerBytes = 0
    this.#part = 'headers'
  }

  #endHeaders(): void {
    const {code} = this.#status
    if (code === 101) throw new BadAnswer(host => `${host} sent an answer that was not asked for`)
    if (code < 200) {
      this.#part = 'status'
      return
    }
    const {body, length, keptMs} = framingOf(this.#status, this.#headers)
    this.#part = firstPart[body]
    this.#left = length
    this.#keptMs = keptMs
    this.#headerBytes = 0
    this.#listener?.begun(code, this.#headers)
  }
}

/** At once: what speaks something else may say half a line, and wait. @throws BadAnswer */
function checkBeginning(line: string): void {
  if ('HTTP/'.startsWith(line.slice(0, 5)) || line === '\r' || line === '\r\n') return
  throw notHttp(`it begins with ${JSON.stringify(line.slice(0, 40).trimEnd())}`)
}

/** Of any version: servers say 2.0 that speak 1.1. @throws BadAnswer */
function statusIn(line: string): Status {
  const [, major, minor, code] = /^HTTP\/(\d)\.(\d) ([1-9]\d\d)(?: [^\r]*)?$/.exec(line) ?? []
  if (code === undefined) throw notHttp(`it begins with ${JSON.stringify(line.slice(0, 40))}`)
  return {persists: major === '1' && minor !== '0', code: Number(code)}
}

function headerIn(line: string, number: number): Header {
  const [, name, value] = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([\t\x20-\x7e\x80-\xff]*)$/.exec(line) ?? []
  // What it is instead is shown nowhere: it may be a cookie (A15).
  if (name === undefined) throw notHttp(`line ${number} of its headers is none`)
  return [name, headerValueIn(value as string)]
}

function chunkSizeIn(line: string): number {
  const [, digits] = /^([0-9a-f]+)[\t ]*(?:;|$)/i.exec(line) ?? []
  const size = digits === undefined ? Number.NaN : Number(`0x${digits}`)
  if (!Number.isSafeInteger(size)) throw notHttp('a chunk of it does not say how long it is')
  return size
}
