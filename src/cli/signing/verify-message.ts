import {expected, explain, type Finding, type Header, type Verdict} from '../../signature/index.ts'
import {asUsage, type ChosenScheme} from './choose-scheme.ts'
import type {Body} from './message.ts'
import {type Verified, verifiedFrom} from './verified.ts'

export interface VerifyQuestion {
  readonly chosen: ChosenScheme
  readonly secrets: readonly string[]
  /** Only tried to explain. */
  readonly previousSecrets?: readonly string[]
  readonly headers: readonly Header[]
  readonly body: Body
  /** Unix seconds. */
  readonly now: number
  /** Seconds; null accepts any age. */
  readonly tolerance: number | null
  readonly explain?: boolean
  readonly showExpected?: boolean
  readonly notes?: readonly string[]
}

/** The verdict over the exact bytes. The body is held in memory only where an explanation needs it whole. */
export async function verifyMessage(question: VerifyQuestion): Promise<Verified> {
  const {chosen, secrets, notes = []} = question
  const {scheme, detected} = chosen
  const about = {secrets, detected, notes: [...notes, ...chosen.notes]}
  if (!question.explain && !question.showExpected) {
    const check = scheme.check(secrets, question.headers, question)
    if (!check.settled) for await (const chunk of question.body.chunks()) check.update(chunk)
    return verifiedFrom(check.verdict(), about)
  }
  const body = await question.body.whole()
  const {verdict, findings} = await explained(question, body)
  const due = question.showExpected ? {expected: whatWasDue(question, body)} : {}
  return verifiedFrom(verdict, {...about, ...(question.explain ? {findings} : {}), ...due})
}

async function explained(
  {chosen: {scheme}, secrets, previousSecrets = [], headers, now, tolerance, explain: asked}: VerifyQuestion,
  body: Uint8Array,
): Promise<{verdict: Verdict; findings: readonly Finding[]}> {
  if (!asked) return {verdict: scheme.verify(secrets, headers, body, {now, tolerance}), findings: []}
  return explain({scheme, secrets, previousSecrets, headers, body, now, tolerance})
}

function whatWasDue({chosen: {scheme}, secrets, headers}: VerifyQuestion, body: Uint8Array): Header[] {
  try {
    return expected({scheme, secrets, headers, body})
  } catch (error) {
    throw asUsage(error, 'leave --show-expected away')
  }
}
