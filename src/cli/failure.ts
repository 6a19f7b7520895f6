import {HookctlError, toErrorBody} from '../errors.ts'
import {asTyped, type TypedWord} from './as-typed.ts'
import {show} from './escape.ts'
import {EXIT, exitCodeOf} from './exit-codes.ts'
import {fromOclif} from './oclif-errors.ts'
import {jsonLine} from './output/json.ts'

export interface Failure {
  /** For stderr: stdout stays empty or valid data. */
  readonly text: string
  readonly exitCode: number
}

export interface FailureOptions {
  readonly json: boolean
  /** With the stack: `--debug` or HOOKCTL_DEBUG=1. */
  readonly debug: boolean
  /** What was run, with spaces: where to read on when a usage error says no next step of its own. */
  readonly command?: string | undefined
  /** What its words were for: members of an input that were typed are told as that. */
  readonly typed?: readonly TypedWord[] | undefined
}

/** Inquirer's way to say that somebody pressed Ctrl-C, or that the prompt was aborted. */
const isInterruption = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError')

function asHookctlError(error: unknown): HookctlError {
  const known = fromOclif(error)
  if (known !== undefined) return known
  const what = error instanceof Error ? error.message || error.name : String(error)
  return new HookctlError('internal', 'unexpected', `unexpected failure: ${what.split('\n', 1)[0]}`, {
    hint: 'a bug: run it again with --debug for the details',
    cause: error,
  })
}

/** The stack of the failure itself and of what caused it, never of anything else. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const cause = error.cause === undefined ? '' : `caused by: ${stackOf(error.cause)}`
  const lines = (error.stack ?? String(error)).split('\n').map(show).join('\n')
  return `${lines}\n${cause}`
}

/**
 * What a failure looks like: three short lines, or one JSON line, and an exit code. The only place that decides it.
 */
export function renderFailure(thrown: unknown, {json, debug, command, typed = []}: FailureOptions): Failure {
  if (isInterruption(thrown)) return {text: '', exitCode: EXIT.interrupted}
  const error = withNextStep(asTyped(asHookctlError(thrown), typed), command)
  const exitCode = exitCodeOf(error.kind)
  const stack = debug ? stackOf(thrown) : ''
  if (json) return {text: jsonLine({error: {...toErrorBody(error), ...(stack === '' ? {} : {stack})}}), exitCode}
  const hint = error.hint === undefined ? '' : `${show(withLabel(error.hint))}\n`
  return {text: `hookctl: ${show(error.message)}\n${hint}${stack}`, exitCode}
}

function withNextStep(error: HookctlError, command: string | undefined): HookctlError {
  if (error.hint !== undefined || error.kind !== 'usage' || command === undefined) return error
  const {kind, code, message, path, cause} = error
  return new HookctlError(kind, code, message, {
    hint: `hookctl ${command} --help`,
    cause,
    ...(path === undefined ? {} : {path}),
  })
}

const withLabel = (hint: string): string => (hint.startsWith('did you mean: ') ? hint : `next: ${hint}`)
