import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {openSync} from 'node:fs'
import path from 'node:path'
import {fileURLToPath} from 'node:url'
import {expect, test} from 'vitest'
import {temporaryHome} from '../harness/cli.ts'

const bin = path.join(fileURLToPath(new URL('../..', import.meta.url)), 'bin/run.js')

// Only Linux has a device that is always full.
test.runIf(process.platform === 'linux').each([['--version'], ['--help'], ['delivery list'], ['status --json']])(
  'where stdout cannot be written, %s says so in one line and fails',
  async line => {
    await using home = temporaryHome()
    const child = spawn(process.execPath, [bin, ...line.split(' '), ...(line === 'delivery list' ? ['--json'] : [])], {
      cwd: home.path,
      env: {PATH: process.env.PATH, ...home.env} as NodeJS.ProcessEnv,
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    })
    let stderr = ''
    child.stderr?.on('data', chunk => {
      stderr += chunk
    })
    const [exitCode] = await once(child, 'close')
    expect(stderr).toMatch(/(^|\n)hookctl: cannot write: no space left on device\n$/)
    expect(stderr).not.toContain('    at ')
    expect(exitCode).toBe(1)
  },
)
