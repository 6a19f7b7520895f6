import type {Header} from './raw-http.ts'

/** What goes back to the sender. */
export interface Answer {
  /** 200 to 599, or whatever a forward target answered. */
  readonly status: number
  readonly headers: readonly Header[]
  readonly body: Uint8Array
  /** How long to wait before it goes out. */
  readonly delayMs?: number
  /** Why it is this one, for who runs the receiver; never sent. */
  readonly note?: string
}

export interface AnswerScript {
  /** Default 200. */
  readonly status?: number
  readonly delayMs?: number
  /** This many of the first requests get `failStatus`, so that a sender's retry can be watched. Default 0. */
  readonly failFirst?: number
  /** Default 500. */
  readonly failStatus?: number
  readonly headers?: readonly Header[]
  readonly body?: Uint8Array
}

export const textAnswer = (status: number, text: string): Answer => ({
  status,
  headers: [['Content-Type', 'text/plain; charset=utf-8']],
  body: Buffer.from(`${text}\n`),
})

export const jsonAnswer = (value: object): Answer => ({
  status: 200,
  headers: [['Content-Type', 'application/json']],
  body: Buffer.from(JSON.stringify(value)),
})

/** The answer to the nth request, from 1, as the script says. */
export function scriptedAnswer(script: AnswerScript, n: number): Answer {
  const {status = 200, delayMs = 0, failFirst = 0, failStatus = 500} = script
  if (n <= failFirst) return {...textAnswer(failStatus, `failing ${n} of the first ${failFirst}, as asked`), delayMs}
  const plain = textAnswer(status, status < 400 ? 'received' : 'refused, as asked')
  if (script.body === undefined) return {...plain, headers: [...plain.headers, ...(script.headers ?? [])], delayMs}
  return {status, headers: script.headers ?? [], body: script.body, delayMs}
}
