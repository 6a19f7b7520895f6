import {spawn} from 'node:child_process'
import type {Surroundings} from './surroundings.ts'

/** A program and what stands before the URL; no shell looks at it. */
type Opener = readonly [program: string, ...args: string[]]

type Env = Surroundings['env']

/**
 * What opens URLs in the browser of whoever sits here, or null where nobody can be sitting: no display, or a session
 * over SSH, whose display is somebody else's or far away.
 */
export function openerFor(platform: NodeJS.Platform, env: Env): Opener | null {
  if (env.SSH_CONNECTION) return null
  if (platform === 'darwin') return ['/usr/bin/open']
  if (platform === 'win32') {
    return [`${env.SystemRoot ?? 'C:\\Windows'}\\System32\\rundll32.exe`, 'url.dll,FileProtocolHandler']
  }
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open'] : null
}

/** An opener that fails does so at once; one that becomes the browser does not end. */
const patienceMs = 1500

/** Starts it, apart from this process. False where it is not there or has failed at once. */
export function startOpener([program, ...args]: Opener, url: string, env: Env): Promise<boolean> {
  return new Promise(resolve => {
    const child = spawn(program, [...args, url], {detached: true, stdio: 'ignore', env: env as NodeJS.ProcessEnv})
    const timer = setTimeout(() => resolve(true), patienceMs)
    const ended = (well: boolean) => {
      clearTimeout(timer)
      resolve(well)
    }
    child.on('error', () => ended(false))
    child.on('exit', code => ended(code === 0))
    child.unref()
  })
}
