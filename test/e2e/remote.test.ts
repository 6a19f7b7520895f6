import {execFile} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {promisify} from 'node:util'
import {expect, test} from 'vitest'
import {startServed} from '../harness/served.ts'

test('a command that asks a server ends without waiting for the parser of its answer to be optimized', async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'hookctl-remote-'))
  const store = path.join(home, 'served.db')
  const served = await startServed({store})
  try {
    const run = path.join(import.meta.dirname, '../../bin/run.js')
    const argv = ['--trace-wasm-compilation-times', run, 'event', 'types', '--json', '--store', store]
    const {stdout, stderr} = await promisify(execFile)(process.execPath, argv, {
      env: {PATH: process.env.PATH, HOME: home},
      maxBuffer: 1 << 26,
    })
    expect(stdout).toContain('using Liftoff')
    expect(stdout).not.toContain('using TurboFan')
    expect(stderr).toBe('')
  } finally {
    served.child.kill('SIGTERM')
    await once(served.child, 'close')
    rmSync(home, {recursive: true, force: true})
  }
})
