import {type ChildProcess, spawn} from 'node:child_process'
import process from 'node:process'
import {setTimeout as wait} from 'node:timers/promises'

export interface CommandQuestion {
  /** For the shell. Nothing that came in is ever part of it. */
  readonly command: string
  /** Its stdin. */
  readonly input: Uint8Array
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly timeoutMs: number
  /** Stops it, with all that it started. */
  readonly signal: AbortSignal
}

/** How a command ended. */
export interface Ran {
  /** Null where it was stopped by a signal, or could not be started. */
  readonly exitCode: number | null
  readonly signal: string | null
  readonly timedOut: boolean
  readonly durationMs: number
  /** The beginning of what it wrote, on stdout and stderr together. */
  readonly output: string
  readonly truncated: boolean
}

const MOST_OUTPUT = 64 * 1024

/** Runs a command with a shell, in a process group of its own, and waits for its end. Never rejects. */
export async function runCommand(question: CommandQuestion): Promise<Ran> {
  const begun = performance.now()
  const child = started(question)
  const ended = child === null ? NOT_STARTED : await attended(child, question)
  return {...ended, durationMs: performance.now() - begun}
}

const NOT_STARTED = {exitCode: null, signal: null, timedOut: false, output: '', truncated: false}

/** Null where the system takes no such command, as one with too large an environment. */
function started({command, env, cwd}: CommandQuestion): ChildProcess | null {
  try {
    return spawn(command, {shell: true, env, cwd, detached: true, stdio: ['pipe', 'pipe', 'pipe']})
  } catch {
    return null
  }
}

async function attended(
  child: ChildProcess,
  {input, timeoutMs, signal}: CommandQuestion,
): Promise<Omit<Ran, 'durationMs'>> {
  const written = collect(child)
  let timedOut = false
  const late = setTimeout(() => {
    timedOut = true
    kill(child)
  }, timeoutMs)
  const stop = () => kill(child)
  signal.addEventListener('abort', stop, {once: true})
  if (signal.aborted) stop()
  // One that does not read it all is not wrong.
  child.stdin?.on('error', () => {})
  child.stdin?.end(input)
  const ended = await endOf(child)
  clearTimeout(late)
  signal.removeEventListener('abort', stop)
  return {...ended, timedOut, ...written()}
}

/** What it left running in the background may hold its output open: it is listened to for so long. */
const LAST_WORDS_MS = 200

async function endOf(child: ChildProcess): Promise<Pick<Ran, 'exitCode' | 'signal'>> {
  const closed = new Promise<void>(resolve => child.once('close', () => resolve()))
  const ended = await new Promise<Pick<Ran, 'exitCode' | 'signal'>>(resolve => {
    child.once('error', () => resolve({exitCode: null, signal: null}))
    child.once('exit', (exitCode, signal) => resolve({exitCode, signal}))
  })
  const listened = new AbortController()
  await Promise.race([closed, wait(LAST_WORDS_MS, undefined, {signal: listened.signal}).catch(() => {})])
  listened.abort()
  child.stdout?.destroy()
  child.stderr?.destroy()
  return ended
}

/** All of its group: the shell may have started others. */
function kill({pid}: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function collect({stdout, stderr}: ChildProcess): () => Pick<Ran, 'output' | 'truncated'> {
  const chunks: Buffer[] = []
  let bytes = 0
  for (const stream of [stdout, stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      if (bytes < MOST_OUTPUT) chunks.push(chunk.subarray(0, MOST_OUTPUT - bytes))
      bytes += chunk.length
    })
    stream?.on('error', () => {})
  }
  return () => ({output: Buffer.concat(chunks).toString('utf8'), truncated: bytes > MOST_OUTPUT})
}
