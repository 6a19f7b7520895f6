import {spawn} from 'node:child_process'
import {once} from 'node:events'
import process from 'node:process'
import {fileURLToPath} from 'node:url'
import type {Failpoint} from '../../../src/failpoint.ts'
import {NODE_FLAGS} from '../node-flags.ts'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

export interface Death {
  readonly file: string
  readonly place: Failpoint
  /** At the how-manieth time, from 1. */
  readonly nth?: number
  /** How many events it sends. */
  readonly count?: number
}

/** Ids of the events a process was promised to keep before it was killed at a failpoint. */
export async function dieAt({file, place, nth = 1, count = 1}: Death): Promise<readonly string[]> {
  // By environment: as an argument it would not reach the thread that writes.
  const env = {...process.env, NODE_OPTIONS: `--import ${here('preload.ts')}`, TEST_DIE_AT: `${place}:${nth}`}
  const child = spawn(process.execPath, [...NODE_FLAGS, here('child.ts'), file, String(count)], {env})
  const text = {stdout: '', stderr: ''}
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', chunk => {
      text[name] += chunk
    })
  }
  const [code, signal] = await once(child, 'close')
  if (signal !== 'SIGKILL') throw new Error(`${place} was not reached ${nth} times (exit ${code}): ${text.stderr}`)
  return text.stdout.split('\n').filter(Boolean)
}
