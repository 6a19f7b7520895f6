import {homedir} from 'node:os'
import path from 'node:path'
import process from 'node:process'
import {usageError} from '../errors.ts'
import {readSmallFile} from './small-file.ts'
import type {Surroundings} from './surroundings.ts'

/** The real process. The only place in src/ that reads `process.env`; PostgreSQL's own variables are read by its store. */
export const processSurroundings = (): Surroundings => ({
  env: process.env,
  cwd: process.cwd(),
  home: process.env.HOME || homedir(),
  // A getter, because opening stdin costs, and a closed one may throw: only who reads it pays.
  get stdin() {
    return process.stdin
  },
  stdout: process.stdout,
  stderr: process.stderr,
  signals: process,
  now: Date.now,
  exit: code => process.exit(code),
})

export const PROJECT_FILE = 'hookctl.config.json'

/** XDG: a relative path in these variables must be ignored. */
function xdgFolder(given: string | undefined, fallback: string): string {
  return path.join(given !== undefined && path.isAbsolute(given) ? given : fallback, 'hookctl')
}

/** `$HOOKCTL_CONFIG_DIR`, else `$XDG_CONFIG_HOME/hookctl`, else `~/.config/hookctl`. */
export const configFolder = ({env, home}: Surroundings): string =>
  env.HOOKCTL_CONFIG_DIR || xdgFolder(env.XDG_CONFIG_HOME, path.join(home, '.config'))

/** `$HOOKCTL_STATE_DIR`, else `$XDG_STATE_HOME/hookctl`, else `~/.local/state/hookctl`. */
export const stateFolder = ({env, home}: Surroundings): string =>
  env.HOOKCTL_STATE_DIR || xdgFolder(env.XDG_STATE_HOME, path.join(home, '.local', 'state'))

export const userConfigPath = (surroundings: Surroundings): string =>
  path.join(configFolder(surroundings), 'config.json')

export interface ConfigFile {
  readonly path: string
  readonly values: Readonly<Record<string, unknown>>
}

function textOf(file: string): string | undefined {
  try {
    return readSmallFile(file)
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw usageError('config_unreadable', `cannot read ${file}: ${code ?? 'unknown error'}`, {
      hint: 'make it readable for you, or move it away',
      cause: error,
    })
  }
}

/**
 * The configuration in this file; undefined where there is none.
 *
 * @throws usage `config_broken` with the file and the place in it, `config_unreadable`. Never with the file's content:
 * it may hold a token.
 */
export function readConfigFile(file: string): ConfigFile | undefined {
  const text = textOf(file)
  if (text === undefined) return undefined
  let values: unknown
  try {
    values = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw usageError('config_broken', `${file} is not JSON${placeOf(text, error as Error)}`, {
      hint: `edit it, or start over: mv ${file} ${file}.broken`,
    })
  }
  if (values === null || typeof values !== 'object' || Array.isArray(values)) {
    throw usageError('config_broken', `${file} must hold a JSON object`, {hint: 'like {"organization": "default"}'})
  }
  return {path: file, values: values as Record<string, unknown>}
}

/** V8 says where, mostly, but also quotes the text around it, which may be a token: only the place is kept. */
function placeOf(text: string, error: Error): string {
  const said = /position (\d+)/.exec(error.message)?.[1]
  const before = text.slice(0, said === undefined ? lengthThatParses(text) : Number(said)).split('\n')
  return `: line ${before.length}, column ${before.at(-1)!.length + 1}`
}

/** How far the text could still become JSON: for the mistakes whose place V8 keeps to itself. */
function lengthThatParses(text: string): number {
  for (let length = 1; length < Math.min(text.length, 10_000); length += 1) {
    try {
      JSON.parse(text.slice(0, length))
    } catch (error) {
      const {message} = error as Error
      if (!/end of JSON input|Unterminated/.test(message) && !message.includes(`position ${length}`)) return length - 1
    }
  }
  return text.length
}

/** The nearest hookctl.config.json from this folder upwards, the way git finds its repository. */
export function findProjectFile(from: string): ConfigFile | undefined {
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    const found = readConfigFile(path.join(folder, PROJECT_FILE))
    if (found !== undefined) return found
    if (path.dirname(folder) === folder) return undefined
  }
}
