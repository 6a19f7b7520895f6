import {headerValueIn} from '../domain/blanks.ts'
import type {Header} from '../domain/webhook.ts'
import {notHttp} from './failure.ts'

/** Where an answer ends, and what becomes of its connection. */
export interface Framing {
  readonly body: 'none' | 'length' | 'chunks' | 'until-end'
  /** Bytes of the body where it has a length. */
  readonly length: number
  /** So long the connection may be kept for another request; 0: not at all. */
  readonly keptMs: number
}

/** The first line of an answer. */
export interface Status {
  /** Whether connections are kept unless a side says otherwise: in HTTP/1.1 they are. */
  readonly persists: boolean
  /** 100 to 999. */
  readonly code: number
}

/** How long a connection is kept where the receiver does not say: Node closes its own after 5 s. */
const KEPT_MS = 4000
const MOST_KEPT_MS = 60_000
/** So much sooner than the receiver says: it counts from another moment. */
const KEPT_LESS_MS = 2000

/**
 * What the headers of an answer say of it. None of them may be there twice with two meanings: two readers would see two
 * answers.
 *
 * @throws BadAnswer
 * Source: RFC 9112, 6.3 and 9.3; requests are never HEAD or CONNECT.
 */
export function framingOf(status: Status, headers: readonly Header[]): Framing {
  const said = readHeaders(headers)
  const keptMs = keepsAlive(status, said.connection) ? keptMsOf(said.keepAlive) : 0
  if (said.coding !== null && said.length !== null) throw notHttp('it has a length, and codings as well')
  if (status.code === 204 || status.code === 304) return {body: 'none', length: 0, keptMs}
  if (said.coding === 'chunked') return {body: 'chunks', length: 0, keptMs}
  if (said.length === 0) return {body: 'none', length: 0, keptMs}
  if (said.length !== null) return {body: 'length', length: said.length, keptMs}
  return {body: 'until-end', length: 0, keptMs: 0}
}

interface Said {
  length: number | null
  /** The outermost. */
  coding: string | null
  connection: readonly string[]
  keepAlive: string
}

function readHeaders(headers: readonly Header[]): Said {
  const said: Said = {length: null, coding: null, connection: [], keepAlive: ''}
  for (const [name, value] of headers) {
    switch (name.toLowerCase()) {
      case 'content-length':
        if (said.length !== null) throw notHttp('it has two lengths')
        said.length = lengthIn(value)
        break
      case 'transfer-encoding':
        said.coding = wordsIn(value).at(-1) ?? null
        break
      case 'connection':
        said.connection = [...said.connection, ...wordsIn(value)]
        break
      case 'keep-alive':
        said.keepAlive = value
    }
  }
  return said
}

function lengthIn(value: string): number {
  const length = /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (!Number.isSafeInteger(length)) throw notHttp('its length is no number')
  return length
}

const wordsIn = (value: string): readonly string[] => value.split(',').map(word => headerValueIn(word).toLowerCase())

const keepsAlive = ({persists}: Status, connection: readonly string[]): boolean =>
  !connection.includes('close') && (persists || connection.includes('keep-alive'))

function keptMsOf(keepAlive: string): number {
  const [, seconds] = /(?:^|[\s,])timeout=(\d{1,9})/i.exec(keepAlive) ?? []
  if (seconds === undefined) return KEPT_MS
  return Math.max(0, Math.min(MOST_KEPT_MS, Number(seconds) * 1000 - KEPT_LESS_MS))
}
