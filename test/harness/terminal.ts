import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {chmodSync, mkdirSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import {fileURLToPath} from 'node:url'
import {expect} from 'vitest'
import type {Home} from './cli.ts'

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** A folder of this home for PATH, whose `hookctl` is the built program. */
export function hookctlOnPath(home: Home): string {
  const failure = process.env.HOOKCTL_TEST_BUILD_FAILURE
  if (failure !== undefined) throw new Error(`the build failed: ${failure}`)
  const bin = path.join(home.path, 'bin')
  mkdirSync(bin, {recursive: true})
  const hookctl = path.join(bin, 'hookctl')
  writeFileSync(hookctl, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`)
  chmodSync(hookctl, 0o755)
  return bin
}

/** A shell whose `hookctl` is the built program, in a home of its own. */
export function aTerminal(
  home: Home,
  env: Readonly<Record<string, string | undefined>> = {},
  [shell, ...options]: readonly [string, ...string[]] = ['sh', '-e'],
): (script: string) => ChildProcess {
  const surrounding = {PATH: `${hookctlOnPath(home)}:${process.env.PATH}`, TMPDIR: home.path, ...home.env, ...env}
  return script =>
    spawn(shell, [...options, '-c', script], {
      cwd: home.path,
      env: surrounding,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ended as a whole: a shell does not pass its signal on.
      detached: true,
    })
}

export interface Ended {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number | null
}

export async function ended(child: ChildProcess): Promise<Ended> {
  const text = {stdout: '', stderr: ''}
  for (const name of ['stdout', 'stderr'] as const)
    child[name]!.setEncoding('utf8').on('data', part => (text[name] += part))
  const [exitCode] = (await once(child, 'close')) as [number | null]
  return {...text, exitCode}
}

/** What it printed; it must end with 0. */
export async function succeed(child: ChildProcess): Promise<string> {
  const {stdout, stderr, exitCode} = await ended(child)
  expect(exitCode, stderr).toBe(0)
  return stdout
}

/** Stops a shell and what it started in the background, which may have outlived it. */
export const running = (child: ChildProcess): AsyncDisposable => ({
  async [Symbol.asyncDispose]() {
    const isOver = child.exitCode !== null || child.signalCode !== null
    try {
      process.kill(-child.pid!, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
    if (!isOver) await once(child, 'close')
  },
})
