import {maskHeaders} from '../../domain/mask.ts'
import type {Answer} from '../../receiver/answer.ts'
import type {ReceivedRequest} from '../../receiver/receiver.ts'
import type {Ran} from '../../receiver/run-command.ts'
import type {Verified} from '../signing/verified.ts'
import {formatInstant} from '../time.ts'
import {bodyText} from './body-view.ts'

export interface Counts {
  readonly received: number
  readonly valid: number
  readonly invalid: number
  readonly notChecked: number
  /** Connections that brought no whole request, or too much of one. */
  readonly refused: number
}

/** One request, what was thought of it, what it is answered. */
export interface Seen {
  readonly request: ReceivedRequest
  /** Null: not checked, there is no secret, or nothing that anybody signs. */
  readonly verdict: Verified | null
  /** The sender only looks whether this is the right address: it is no webhook. */
  readonly isGreeting: boolean
  readonly answer: Answer
  /** What the command made of it; null where none was run. */
  readonly ran: Ran | null
  /** The file it was saved to. */
  readonly saved: string | null
  readonly counts: Counts
}

export const signatureWord = (verdict: Verified | null): 'valid' | 'invalid' | 'not_checked' =>
  verdict === null ? 'not_checked' : verdict.valid ? 'valid' : 'invalid'

/**
 * One line of `listen --json`. `body` is the exact text, or null where it is not UTF-8: then `bodyBase64` has the bytes.
 * Header values that are credentials are masked; `--save` keeps them.
 */
export function seenJson({request, verdict, answer, ran, saved, counts}: Seen) {
  const {n, receivedAt, from, method, target, headers, body} = request
  const text = bodyText(body)
  return {
    n,
    receivedAt: formatInstant(receivedAt),
    from,
    method,
    path: target,
    headers: maskHeaders(headers).map(([name, value]) => ({name, value})),
    bodyBytes: body.length,
    body: text,
    bodyBase64: text === null ? Buffer.from(body).toString('base64') : null,
    signature: signatureWord(verdict),
    valid: verdict?.valid ?? null,
    reason: verdict?.reason ?? null,
    verdict,
    answer: {status: answer.status, delayMs: answer.delayMs ?? 0, note: answer.note ?? null},
    command: ran,
    saved,
    counts,
  }
}
