import {usageError} from '../errors.ts'
import {show} from './escape.ts'
import type {Settings} from './settings.ts'
import type {Surroundings} from './surroundings.ts'

export interface Asker {
  readonly surroundings: Surroundings
  readonly settings: Settings
}

export interface Question {
  /** The flag that would have answered, without dashes unless it has them. */
  readonly flag: string
  readonly question: string
  /** What a bare Enter means. */
  readonly suggested?: string
  /** What is wrong with an answer, or null: asked again until it is right. */
  readonly check?: (answer: string) => string | null
}

/** Somebody must see the question (stderr) and be able to answer it (stdin), and must not have said no to it. */
export const mayAsk = ({surroundings, settings}: Asker): boolean =>
  surroundings.stdin.isTTY === true && surroundings.stderr.isTTY === true && !settings.isOn('noInput')

const dashed = (flag: string): string => (flag.startsWith('-') || flag === flag.toUpperCase() ? flag : `--${flag}`)

const missing = (flag: string, what: string): Error =>
  usageError('missing_value', `missing ${dashed(flag)}: ${what}`, {
    hint: `give ${dashed(flag)}, or run on a terminal to be asked`,
  })

/** Prompts go to stderr: stdout is the answer. */
const where = ({surroundings}: Asker) => ({
  input: surroundings.stdin as unknown as NodeJS.ReadableStream,
  output: surroundings.stderr as unknown as NodeJS.WritableStream,
})

function insist(asker: Asker, {flag, question}: Question): void {
  if (!mayAsk(asker)) throw missing(flag, question)
}

/** @throws usage `missing_value` naming the flag, where nobody can be asked. */
export async function askText(asker: Asker, question: Question): Promise<string> {
  insist(asker, question)
  const {input} = await import('@inquirer/prompts')
  const {suggested, check} = question
  return input(
    {
      message: show(question.question),
      required: true,
      ...(suggested === undefined ? {} : {default: suggested}),
      ...(check === undefined ? {} : {validate: (answer: string) => check(answer) ?? true}),
    },
    where(asker),
  )
}

/** The same without showing what is typed. */
export async function askSecret(asker: Asker, question: Question): Promise<string> {
  insist(asker, question)
  const {password} = await import('@inquirer/prompts')
  return password({message: show(question.question), mask: true}, where(asker))
}

export interface Choice<Value> {
  readonly name: string
  readonly value: Value
  readonly description?: string
}

export async function askChoice<Value>(
  asker: Asker,
  question: Question,
  choices: readonly Choice<Value>[],
): Promise<Value> {
  insist(asker, question)
  const {select} = await import('@inquirer/prompts')
  return select({message: show(question.question), choices: [...choices]}, where(asker))
}

/** Several of them, at least one. */
export async function askChoices<Value>(
  asker: Asker,
  question: Question,
  choices: readonly Choice<Value>[],
): Promise<readonly Value[]> {
  insist(asker, question)
  const {checkbox} = await import('@inquirer/prompts')
  return checkbox({message: show(question.question), required: true, choices: [...choices]}, where(asker))
}

/** Comes back only after a yes. @throws usage `not_confirmed`; off a terminal it names the flag that confirms. */
export async function askConfirmation(asker: Asker, {flag, question}: Question): Promise<void> {
  if (!mayAsk(asker)) {
    throw usageError('not_confirmed', `${question} nobody is here to answer`, {hint: `add ${dashed(flag)} to confirm`})
  }
  const {confirm} = await import('@inquirer/prompts')
  if (!(await confirm({message: show(question), default: false}, where(asker)))) {
    throw usageError('not_confirmed', 'nothing was done', {hint: `${dashed(flag)} confirms without asking`})
  }
}
