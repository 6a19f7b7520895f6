import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {chownSync, lchownSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import process from 'node:process'
import {afterEach, describe, expect, test} from 'vitest'
import {beganOf, runningServerOf, serverFilePath} from '../../src/api/server-file.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, {recursive: true})
})

/** A store with the file of a server beside it, that this process seems to have written. */
function aStore(changes: object = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-server-file-'))
  folders.push(folder)
  const store = path.join(folder, 's.db')
  writeFileSync(store, '')
  const file = {
    url: 'http://127.0.0.1:1',
    token: 't',
    pid: process.pid,
    startedAt: '2026-01-01T00:00:00Z',
    version: '1',
  }
  writeFileSync(serverFilePath(store), JSON.stringify({...file, ...changes}))
  return store
}

describe('the server of a store', () => {
  test('is the one whose process is there, however the clock was set since', () => {
    expect(runningServerOf(aStore({began: beganOf(process.pid)}))).toMatchObject({token: 't'})
  })

  test('may be of a version that did not say when its process began', () => {
    expect(runningServerOf(aStore())).toMatchObject({token: 't'})
  })

  // /proc is on Linux only.
  test.runIf(process.platform === 'linux')('is none where another process has its number by now', () => {
    expect(runningServerOf(aStore({began: '1'}))).toBeNull()
  })

  test.runIf(process.platform === 'linux')(
    'is none where its process was killed and nobody has asked for it',
    async () => {
      // A shell that becomes a program which asks for no child: sleep stands where PID 1 of a container may.
      const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {stdio: ['ignore', 'pipe', 'ignore']})
      const [line] = (await once(parent.stdout, 'data')) as [Buffer]
      const pid = Number(line)
      // Until then it is still the shell, which does ask for its child.
      await expect.poll(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8')).toBe('sleep\n')
      const store = aStore({pid, began: beganOf(pid)})
      expect(runningServerOf(store)).toMatchObject({pid})
      process.kill(pid, 'SIGKILL')
      await expect.poll(() => runningServerOf(store)).toBeNull()
      expect(process.kill(pid, 0)).toBe(true)
      parent.kill('SIGKILL')
    },
  )

  test('is none where its process is gone', () => {
    expect(runningServerOf(aStore({pid: 2 ** 22 + 1}))).toBeNull()
  })

  // Only root can give files away.
  test.runIf(process.getuid?.() === 0)('is none that another user names, who could read all that is sent there', () => {
    const store = aStore()
    chownSync(serverFilePath(store), 4711, 4711)
    expect(runningServerOf(store)).toBeNull()
    chownSync(store, 4711, 4711)
    expect(runningServerOf(store)).toMatchObject({token: 't'})
    const [linked, other] = [aStore(), aStore()]
    rmSync(serverFilePath(linked))
    symlinkSync(serverFilePath(other), serverFilePath(linked))
    lchownSync(serverFilePath(linked), 4711, 4711)
    expect(runningServerOf(linked)).toBeNull()
  })
})
