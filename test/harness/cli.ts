import {spawn} from 'node:child_process'
import {EventEmitter} from 'node:events'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import process from 'node:process'
import {PassThrough, Writable} from 'node:stream'
import {fileURLToPath} from 'node:url'
import type {Surroundings} from '../../src/cli/surroundings.ts'
import {program, refuseUnbuilt} from './program.ts'

/**
 * Two ways to run a command line of the built program: `run` in this process (fast), and `spawnCli` as a child (exit codes,
 * signals, pipes). Both live in a folder of their own, with nothing of the user's.
 */

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Home extends AsyncDisposable {
  readonly path: string
  readonly env: Readonly<Record<string, string>>
}

/** A temporary home with its XDG folders; gone when disposed of. */
export function temporaryHome(): Home {
  const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-test-'))
  return {
    path: folder,
    env: {
      HOME: folder,
      XDG_CONFIG_HOME: path.join(folder, 'config'),
      XDG_STATE_HOME: path.join(folder, 'state'),
      XDG_CACHE_HOME: path.join(folder, 'cache'),
    },
    async [Symbol.asyncDispose]() {
      rmSync(folder, {recursive: true, force: true, maxRetries: 3})
    },
  }
}

export interface RunOptions {
  /** Beside the home's own variables; nothing of the real environment is seen. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** What is typed when stderr shows the question: `[/name\?/, 'cmdb\n']`. */
  readonly answers?: readonly (readonly [RegExp, string])[]
  /** What is piped in; without it stdin is empty. */
  readonly stdin?: string | Uint8Array
  /** The home's folder unless said. */
  readonly cwd?: string
  /** State and configuration kept from run to run; without it each run has a home of its own. */
  readonly home?: Home
  /** stdin, stdout and stderr are terminals (or only the named ones). */
  readonly tty?: boolean | {readonly stdin?: boolean; readonly stdout?: boolean; readonly stderr?: boolean}
  readonly columns?: number
  readonly now?: () => number
  /** Called with what to send signals through, before the command starts. */
  readonly signals?: (emitter: EventEmitter) => void
  /** Sees each piece of stdout as it is written: for streams. */
  readonly onStdout?: (text: string) => void
  /** The same of stderr. */
  readonly onStderr?: (text: string) => void
}

export interface RunResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
  /** stdout as JSON. */
  json<T = unknown>(): T
  /** The failure under --json: stderr's last line. */
  error(): {readonly code: string; readonly message: string; readonly hint?: string}
}

const result = (stdout: string, stderr: string, exitCode: number): RunResult => ({
  stdout,
  stderr,
  exitCode,
  json: <T>() => JSON.parse(stdout) as T,
  error: () => JSON.parse(stderr.trim().split('\n').at(-1)!).error,
})

interface Captured {
  readonly stream: Writable & {readonly isTTY: boolean; readonly columns: number}
  readonly text: () => string
}

function capture(isTTY: boolean, columns: number, onText: (text: string) => void = () => {}): Captured {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(chunk)
      onText(chunk.toString('utf8'))
      done()
    },
  })
  // Like the real ones, never ended by who writes into them.
  return {
    text: () => Buffer.concat(chunks).toString('utf8'),
    stream: Object.assign(stream, {isTTY, columns, _isStdio: true}),
  }
}

/** What is piped in and then ends; on a terminal nothing ends, and answers are typed when their question is there. */
function typist(options: RunOptions, isTTY: boolean) {
  const stdin = Object.assign(new PassThrough(), {isTTY})
  if (options.stdin !== undefined) stdin.write(options.stdin)
  if (!isTTY) stdin.end()
  const answers = [...(options.answers ?? [])]
  let asked = ''
  return {
    stdin,
    read(text: string) {
      asked += text
      const [next] = answers
      if (next === undefined || !next[0].test(asked)) return
      answers.shift()
      asked = ''
      setImmediate(() => stdin.write(next[1]))
    },
  }
}

/** Runs `hookctl ...argv` in this process. Never rejects: failures are in stderr and exitCode. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const own = options.home === undefined ? temporaryHome() : undefined
  const home = options.home ?? own!
  const tty =
    typeof options.tty === 'object' ? options.tty : {stdin: options.tty, stdout: options.tty, stderr: options.tty}
  const {stdin, read} = typist(options, tty.stdin === true)
  const stdout = capture(tty.stdout === true, options.columns ?? 80, options.onStdout)
  const stderr = capture(tty.stderr === true, options.columns ?? 80, text => {
    read(text)
    options.onStderr?.(text)
  })
  const signals = new EventEmitter()
  const exited = Promise.withResolvers<number>()
  const surroundings: Surroundings = {
    env: {...home.env, ...options.env},
    cwd: options.cwd ?? home.path,
    home: home.path,
    stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    signals,
    now: options.now ?? Date.now,
    exit: code => exited.resolve(code),
  }
  options.signals?.(signals)
  const {runCommandLine, catalog} = program()
  try {
    const exitCode = await Promise.race([runCommandLine(argv, surroundings, () => catalog), exited.promise])
    return result(stdout.text(), stderr.text(), exitCode)
  } finally {
    await own?.[Symbol.asyncDispose]()
  }
}

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly stdin?: string | Uint8Array
  readonly cwd?: string
  readonly home?: Home
}

export interface RunningCli extends AsyncDisposable {
  readonly pid: number
  readonly stdout: () => string
  readonly stderr: () => string
  readonly stdin: NodeJS.WritableStream
  /** Resolves with the text so far once stdout (or stderr) matches; rejects when the process ends without it. */
  waitFor(pattern: RegExp, stream?: 'stdout' | 'stderr'): Promise<string>
  kill(signal?: NodeJS.Signals): void
  /** 128 + number for a signal, as a shell says it. */
  readonly ended: Promise<RunResult>
}

const SIGNALS: Readonly<Record<string, number>> = {SIGINT: 130, SIGTERM: 143, SIGKILL: 137, SIGPIPE: 141}

/** Starts the built `hookctl ...argv` as a child; `await using` ends it. */
export function startCli(argv: readonly string[], options: SpawnOptions = {}): RunningCli {
  refuseUnbuilt()
  const own = options.home === undefined ? temporaryHome() : undefined
  const home = options.home ?? own!
  const child = spawn(process.execPath, [path.join(root, 'bin/run.js'), ...argv], {
    cwd: options.cwd ?? home.path,
    env: {PATH: process.env.PATH, NODE_DISABLE_COMPILE_CACHE: '1', ...home.env, ...options.env} as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const text = {stdout: '', stderr: ''}
  const changed = new EventEmitter()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk
      changed.emit('change')
    })
  }
  // A child that does not read its stdin is none of our business.
  child.stdin.on('error', () => {})
  if (options.stdin !== undefined) child.stdin.end(options.stdin)
  const ended = new Promise<RunResult>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      changed.emit('change')
      resolve(result(text.stdout, text.stderr, code ?? SIGNALS[signal ?? ''] ?? 1))
    })
  })
  return {
    pid: child.pid!,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    stdin: child.stdin,
    ended,
    kill: signal => void child.kill(signal),
    waitFor: (pattern, stream = 'stdout') =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (pattern.test(text[stream])) resolve(text[stream])
          else if (child.exitCode !== null || child.signalCode !== null) {
            reject(new Error(`hookctl ended before ${pattern}: ${text.stdout}${text.stderr}`))
          } else return
          changed.off('change', look)
        }
        changed.on('change', look)
        look()
      }),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await ended.catch(() => undefined)
      await own?.[Symbol.asyncDispose]()
    },
  }
}

/** Runs the built `hookctl ...argv` as a child to its end, with an empty stdin unless one is given. */
export async function spawnCli(argv: readonly string[], options: SpawnOptions = {}): Promise<RunResult> {
  await using child = startCli(argv, {stdin: '', ...options})
  return await child.ended
}
