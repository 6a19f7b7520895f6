import {mkdtemp, readdir, readFile, rm, stat} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import {parseRequest} from '../../src/receiver/raw-http.ts'
import {requestFileName, saveRequest} from '../../src/receiver/save.ts'

const aRequest = (n: number, body = Buffer.from('body')) => ({
  n,
  receivedAt: Date.UTC(2026, 2, 1, 10),
  from: '127.0.0.1',
  method: 'POST',
  target: '/',
  headers: [['X-A', '1'] as const],
  body,
})

async function aFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), 'hookctl-save-'))
  return {folder, [Symbol.asyncDispose]: () => rm(folder, {recursive: true})}
}

describe('saving a request', () => {
  it('gives names that sort by arrival', () => {
    const names = [1, 2, 10, 100_000].map(n => requestFileName(aRequest(n)))
    expect(names[0]).toBe('20260301T100000.000Z-000001-POST.http')
    expect([...names].sort()).toEqual(names)
  })

  it('writes files that only their owner can read, in a folder it makes', async () => {
    await using made = await aFolder()
    const folder = path.join(made.folder, 'deep', 'in')
    const before = process.umask(0)
    const file = await saveRequest(folder, aRequest(1)).finally(() => process.umask(before))
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    expect(await readdir(folder)).toEqual([path.basename(file)])
  })

  it('keeps the body’s bytes', async () => {
    await using made = await aFolder()
    const body = Buffer.from([0, 0xff, 0x0d, 0x0a])
    const file = await saveRequest(made.folder, aRequest(1, body))
    expect(Buffer.from(parseRequest(await readFile(file)).body)).toEqual(body)
  })
})
