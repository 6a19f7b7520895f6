import {spawnSync} from 'node:child_process'
import {chmodSync, readdirSync} from 'node:fs'
import process from 'node:process'
import {fileURLToPath} from 'node:url'
import {expect, test} from 'vitest'
import {temporaryHome} from '../harness/cli.ts'

const bin = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
/** A number that no account has, as a container may run under. */
const NOBODY = 54_321

// Only root can run a program as somebody else.
test.skipIf(process.getuid?.() !== 0).each([undefined, ''])(
  'whoever has no home, with HOME as %j, signs, is told where state cannot be, and finds nothing of it where they are',
  async HOME => {
    await using home = temporaryHome()
    chmodSync(home.path, 0o777)
    const before = readdirSync(home.path)
    const hookctl = (...argv: string[]) => {
      const env = {PATH: process.env.PATH, SECRET: 'a secret of some length', ...(HOME === undefined ? {} : {HOME})}
      const as = {uid: NOBODY, gid: NOBODY, cwd: home.path, env}
      const {stdout, stderr, status} = spawnSync(process.execPath, [bin, ...argv], {
        ...as,
        input: '{}',
        encoding: 'utf8',
      })
      return {stdout, stderr, status}
    }
    expect(hookctl('sign', '--secret-env', 'SECRET')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^X-Hook-Signature: /),
    })
    expect(hookctl('config', 'path').stdout).toContain('user\t/.config/hookctl/config.json\t')
    expect(hookctl('org', 'list')).toMatchObject({status: 6, stderr: expect.stringContaining('/.local/state/hookctl')})
    const away = hookctl('org', 'list', '--store', 'postgres://127.0.0.1:1/hooks')
    expect(away).toMatchObject({status: 6, stderr: expect.not.stringContaining('unexpected')})
    expect(readdirSync(home.path)).toEqual(before)
  },
)
