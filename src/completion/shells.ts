import type {Answer, Candidate} from './candidate.ts'
import {bash} from './shells/bash.ts'
import {fish} from './shells/fish.ts'
import {powershell} from './shells/powershell.ts'
import {zsh} from './shells/zsh.ts'
import type {TypedLine} from './typed-line.ts'

/** One shell: what it sources, and how it wants the words that could stand at the cursor. */
export interface Shell {
  /** What the user types once, to have completion from then on. */
  readonly install: string
  /** What they type to have it in this session only. */
  readonly now: string
  /** What completes, for the shell to read. */
  readonly script: string
  /** A candidate as one line; empty where it cannot be typed at this place. */
  line(candidate: Candidate, typed: TypedLine, breaks: string): string
}

export const SHELLS = {bash, zsh, fish, powershell} as const satisfies Record<string, Shell>
export type ShellName = keyof typeof SHELLS
export const SHELL_NAMES = Object.keys(SHELLS) as readonly ShellName[]

/** The words one a line; or `:files` or `:folders` with what stands before the path. */
export function printAnswer(answer: Answer, shell: Shell, typed: TypedLine, breaks: string): string {
  if (answer.kind !== 'words') return `:${answer.kind} ${answer.prefix}\n`
  return answer.candidates
    .filter(({value}) => isTypable(value))
    .map(candidate => shell.line({...candidate, description: oneLine(candidate.description)}, typed, breaks))
    .filter(line => line !== '')
    .map(line => `${line}\n`)
    .join('')
}

/** Names may hold what steers a terminal or ends a line. Such a one is not offered: it has an id to be named by. */
const isTypable = (value: string): boolean =>
  value !== '' && !/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]|^:/.test(value)

const oneLine = (text: string): string => text.replace(/[\p{C}\u2028\u2029]+/gu, ' ').slice(0, 80)
