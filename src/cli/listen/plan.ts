import {access, constants, mkdir} from 'node:fs/promises'
import path from 'node:path'
import {usageError} from '../../errors.ts'
import {forwardTarget} from '../../receiver/forward.ts'
import {whyNot} from '../bytes.ts'
import type {SecretFlags, SecretReader} from '../secrets.ts'
import {toleranceOf} from '../signing/answer-verify.ts'
import {namedScheme, type SchemeFlags} from '../signing/choose-scheme.ts'
import {namedSecrets} from '../signing/secret-texts.ts'
import {idTemplateIn, typeTemplateIn} from '../template-flags.ts'
import type {HandlerPlan} from './handler.ts'
import type {Judge} from './judge.ts'

export interface ListenFlags extends SecretFlags, SchemeFlags {
  readonly host: string
  readonly port: number
  readonly status?: number | undefined
  /** Ms. */
  readonly delay?: number | undefined
  readonly 'fail-first'?: number | undefined
  readonly 'fail-status': number
  readonly forward?: string | undefined
  readonly exec?: string | undefined
  /** Ms. */
  readonly 'exec-timeout'?: number | undefined
  readonly 'event-type'?: string | undefined
  readonly 'dedupe-by'?: string | undefined
  readonly save?: string | undefined
  readonly count?: number | undefined
  /** Ms. */
  readonly timeout?: number | undefined
  readonly 'reject-invalid'?: boolean
  readonly 'ready-file'?: string | undefined
  /** Ms. */
  readonly tolerance?: number | undefined
  readonly 'no-tolerance'?: boolean
}

/** Everything that is settled before the first connection. */
export interface Plan {
  readonly judge: Judge
  readonly forward: URL | undefined
  readonly handler: HandlerPlan | undefined
  readonly folder: string | undefined
  readonly readyFile: string | undefined
  /** A secret made for this run, to be told when it is ready. */
  readonly madeSecret?: string | undefined
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?)$/

export const isLoopback = (host: string): boolean => LOOPBACK.test(host)

/**
 * What the flags ask for, checked.
 *
 * @throws usage `secret_missing`, `forward_to_self`, `invalid_forward_url`, `folder_not_writable`, `bad_option`
 */
export async function planFor(flags: ListenFlags, reader: SecretReader): Promise<Plan> {
  namedScheme(flags)
  const secrets = await namedSecrets(flags, reader)
  const checking = flags.exec === undefined ? '--reject-invalid' : '--exec'
  if (secrets.length === 0 && (flags['reject-invalid'] || flags.exec !== undefined)) {
    throw usageError('secret_missing', `${checking} needs a secret to check with`, {
      hint: 'add --secret-env NAME or --secret-file FILE',
    })
  }
  const {cwd} = reader.surroundings
  const inFolder = (file: string | undefined) => (file === undefined ? undefined : path.resolve(cwd, file))
  return {
    judge: {secrets, flags, tolerance: toleranceOf(flags, reader.notice)},
    forward: forwardFor(flags),
    handler: handlerFor(flags, reader.surroundings),
    folder: await writableFolder(inFolder(flags.save)),
    readyFile: inFolder(flags['ready-file']),
  }
}

const EXEC_TIMEOUT_MS = 30_000

/** The command gets what this process has of its environment, but for the secrets that were named there. */
function handlerFor(flags: ListenFlags, {cwd, env}: SecretReader['surroundings']): HandlerPlan | undefined {
  const {exec: command, 'exec-timeout': timeoutMs = EXEC_TIMEOUT_MS, 'secret-env': secrets = []} = flags
  if (command === undefined) return undefined
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !secrets.includes(name)))
  const template = typeTemplateIn(flags['event-type'])
  return {command, timeoutMs, cwd, env: kept, template, dedupeBy: idTemplateIn(flags['dedupe-by'])}
}

function forwardFor({forward, port, host}: ListenFlags): URL | undefined {
  if (forward === undefined) return undefined
  const url = forwardTarget(forward)
  const samePort = port !== 0 && Number(url.port || (url.protocol === 'https:' ? 443 : 80)) === port
  if (samePort && (isLoopback(url.hostname) || url.hostname === host)) {
    throw usageError('forward_to_self', `--forward ${url.host} is this receiver itself`, {
      hint: 'forward to another port, or listen on another one with --port',
    })
  }
  return url
}

async function writableFolder(folder: string | undefined): Promise<string | undefined> {
  if (folder === undefined) return undefined
  try {
    await mkdir(folder, {recursive: true, mode: 0o700})
    await access(folder, constants.W_OK)
    return folder
  } catch (error) {
    throw usageError('folder_not_writable', `cannot save into ${folder}: ${whyNot(error)}`, {
      hint: 'choose another folder with --save',
      cause: error,
    })
  }
}
