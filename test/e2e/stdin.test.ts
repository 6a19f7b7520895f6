import {spawnSync} from 'node:child_process'
import {createHmac} from 'node:crypto'
import {writeFileSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import {fileURLToPath} from 'node:url'
import {expect, test} from 'vitest'
import {temporaryHome} from '../harness/cli.ts'

const bin = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
const SECRET = 'a secret of some length'
const signature = createHmac('sha512', SECRET).update('{}').digest('hex')

const TRAP = `Object.defineProperty(process, 'stdin', {get() { throw new Error('stdin was opened') }})`

test.each([
  ['--help', ''],
  ['webhook list', ''],
  ['config path', ''],
  ['verify', `--body body.json --secret-env SECRET --signature ${signature}`],
  ['sign', '--body body.json --secret-env SECRET'],
])('a command that is told nothing on stdin does not open it, which would cost a start: %s', async (name, flags) => {
  await using home = temporaryHome()
  const trap = path.join(home.path, 'trap.cjs')
  writeFileSync(trap, TRAP)
  writeFileSync(path.join(home.path, 'body.json'), '{}')
  const env = {PATH: process.env.PATH, HOME: home.path, SECRET, NODE_OPTIONS: `--require "${trap}"`}
  const ended = spawnSync(process.execPath, [bin, ...`${name} ${flags}`.trim().split(' ')], {
    cwd: home.path,
    env,
    input: '',
    encoding: 'utf8',
  })
  expect(ended).toMatchObject({status: 0, stderr: expect.not.stringContaining('stdin')})
})
