import {formatDuration} from '../../domain/duration.ts'
import {maskHeaders} from '../../domain/mask.ts'
import type {Paint} from '../color.ts'
import {show, showBody} from '../escape.ts'
import {verdictText} from '../signing/verdict-text.ts'
import {formatInstant} from '../time.ts'
import {bodyView} from './body-view.ts'
import {type Counts, type Seen, signatureWord} from './seen.ts'

export interface SeenLayout {
  readonly paint: Paint
  readonly headers: boolean
}

/** All of what a sender wrote is set in: no line of a body can pass for a verdict. */
const setIn = (text: string): string => text.replace(/^/gm, '  ')

export const countsText = ({received, valid, invalid, notChecked, refused}: Counts): string =>
  `${received} received: ${valid} valid, ${invalid} invalid, ${notChecked} not checked${refused > 0 ? `; ${refused} refused` : ''}`

/** One request for a person at a terminal; everything remote is escaped. */
export function seenText(seen: Seen, {paint, headers}: SeenLayout): string {
  const {n, receivedAt, from, method, target, headers: wire, body} = seen.request
  const lines = headers ? maskHeaders(wire).map(([name, value]) => `${show(name)}: ${show(value)}`) : []
  return [
    `${paint('bold', `[${n}] ${formatInstant(receivedAt)} ${show(method)} ${show(target)}`)} from ${show(from)}\n`,
    ...lines.map(line => `${setIn(line)}\n`),
    `\n${setIn(bodyView(body, wire))}\n\n`,
    seen.verdict === null
      ? `${paint('yellow', '? not checked')}: ${seen.isGreeting ? 'nobody signs that' : 'no secret was given'}\n`
      : verdictText(seen.verdict, paint),
    `${answerLine(seen)}\n`,
    commandText(seen.ran),
    `${paint('dim', countsText(seen.counts))}\n\n`,
  ].join('')
}

/** What it wrote, set in like a body: no line of it can pass for one of ours. */
function commandText(ran: Seen['ran']): string {
  if (ran === null || ran.output === '') return ''
  const cut = ran.truncated ? ' (its beginning)' : ''
  return `the command wrote${cut}:\n${setIn(showBody(ran.output.replace(/\n$/, '')))}\n`
}

function answerLine({answer: {status, delayMs = 0, note}, saved}: Seen): string {
  const late = delayMs > 0 ? ` after ${formatDuration(delayMs)}` : ''
  const why = note === undefined ? '' : ` (${show(note)})`
  return `answered ${status}${late}${why}${saved === null ? '' : `, saved to ${show(saved)}`}`
}

/** One line to grep. */
export const seenLine = ({request, verdict, answer}: Seen): string =>
  [
    formatInstant(request.receivedAt),
    request.n,
    show(request.method),
    show(request.target),
    `${request.body.length}B`,
    signatureWord(verdict),
    verdict?.reason ?? '-',
    answer.status,
  ].join(' ')
