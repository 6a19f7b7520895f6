import {spawnSync} from 'node:child_process'
import path from 'node:path'
import process from 'node:process'
import {expect, test} from 'vitest'
import {temporaryHome} from '../harness/cli.ts'

const root = path.join(import.meta.dirname, '../..')
const program = `'${process.execPath}' '${path.join(root, 'bin/run.js')}'`

/** util-linux spells it `script -qec COMMAND FILE`. */
const hasScript = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0

test.skipIf(!hasScript)('the built program runs on a terminal', async () => {
  await using home = temporaryHome()
  const env = {PATH: process.env.PATH, TERM: 'xterm', ...home.env}
  const {status, stdout} = spawnSync('script', ['-qec', `${program} webhook list`, '/dev/null'], {
    env,
    encoding: 'utf8',
  })
  expect(stdout).toBe('nothing found\r\nnext: hookctl webhook create\r\n')
  expect(status).toBe(0)
})
