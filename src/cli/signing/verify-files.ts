import {HookctlError, usageError} from '../../errors.ts'
import type {Paint} from '../color.ts'
import {answerFor, chooseFor, givenOnce, type VerifyContext, type VerifyFlags} from './answer-verify.ts'
import {readMessage} from './message.ts'
import {fileVerdictText, notCheckedText} from './verdict-text.ts'
import type {Verified} from './verified.ts'

/** What a file holds cannot be checked at all: no request, or no signature of a known scheme. */
interface NotChecked {
  readonly file: string
  readonly valid: null
  /** The code of the failure. */
  readonly reason: string
  readonly sentence: string
  /** What to do next, where anything is known. */
  readonly hint: string | null
}

export type CheckedFile = ({readonly file: string} & Verified) | NotChecked

/** The requests that are named: after `--request` a shell leaves all but the first of a pattern as arguments. */
export function requestFiles(flags: VerifyFlags, files: readonly string[]): readonly string[] {
  if (files.length === 0) return []
  const alone = (['body', 'signature'] as const).find(name => flags[name] !== undefined)
  if (alone !== undefined)
    throw usageError('unexpected_value', `--${alone} belongs to one message: leave it out, or ${files[0]}`)
  return flags.request === undefined ? files : [flags.request, ...files]
}

/** Every file by itself, in the order they were named: one that cannot be checked keeps none of the others from it. */
export async function verifyFiles(
  files: readonly string[],
  flags: VerifyFlags,
  context: VerifyContext,
): Promise<readonly CheckedFile[]> {
  const given = givenOnce(flags, context)
  // Without secrets nothing can be checked: that is said once, and not of every file.
  if (flags.webhook === undefined) await given.secrets()
  const checked: CheckedFile[] = []
  for (const file of files) {
    const readable = await readableOrNot({...flags, request: file}, context)
    checked.push(
      readable instanceof HookctlError
        ? {file, valid: null, reason: readable.code, sentence: readable.message, hint: readable.hint ?? null}
        : {file, ...(await answerFor({...flags, request: file}, readable, given, context))},
    )
  }
  return checked
}

async function readableOrNot(flags: VerifyFlags, {surroundings}: VerifyContext) {
  try {
    const message = await readMessage(flags, surroundings)
    return flags.webhook === undefined ? {message, ...chooseFor(flags, message)} : {message}
  } catch (error) {
    if (error instanceof HookctlError) return error
    throw error
  }
}

/** The verdicts, each behind the name of its file. */
export const filesText = (checked: readonly CheckedFile[], paint: Paint): string =>
  checked
    .map(each => (each.valid === null ? notCheckedText(each, paint) : fileVerdictText(each.file, each, paint)))
    .join('')
