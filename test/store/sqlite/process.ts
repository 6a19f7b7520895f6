import {spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import process from 'node:process'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'

const script = fileURLToPath(new URL('child.ts', import.meta.url))

export interface Child {
  /** Ids of the events it was promised to keep, so far. */
  readonly promised: string[]
  /** After its first `n` promises. */
  after(n: number): Promise<void>
  kill(): void
  /** How it ended, with what it wrote to stderr. */
  readonly ended: Promise<{readonly code: number | null; readonly errors: string}>
}

interface ChildQuestion {
  readonly file: string
  readonly prefix: string
  /** 0: until it is killed. */
  readonly count: number
  readonly lanes?: number
  readonly umask?: string
}

/** What child.ts was promised, after it has run to its end while everything here stood still. */
export function aFinishedChild({file, prefix, count}: ChildQuestion): readonly string[] {
  const {stdout, stderr} = spawnSync(process.execPath, [script, file, prefix, String(count)], {encoding: 'utf8'})
  if (stderr !== '') throw new Error(stderr)
  return stdout.trim().split('\n')
}

/** child.ts as a process of its own. */
export function aChild({file, prefix, count, lanes = 1, umask = ''}: ChildQuestion): Child {
  const child = spawn(process.execPath, [script, file, prefix, String(count), String(lanes), umask])
  const promised: string[] = []
  const lines = createInterface(child.stdout)
  lines.on('line', line => {
    if (line.startsWith('evt_')) promised.push(line)
  })
  let errors = ''
  child.stderr.on('data', chunk => {
    errors += String(chunk)
  })
  const ended = once(child, 'close').then(([code]) => ({code: code as number | null, errors}))
  return {
    promised,
    async after(n) {
      while (promised.length < n) {
        const end = await Promise.race([once(lines, 'line').then(() => null), ended])
        if (end !== null) throw new Error(`ended after ${promised.length} of ${n} promises: ${end.errors}`)
      }
    },
    kill: () => child.kill('SIGKILL'),
    ended,
  }
}
