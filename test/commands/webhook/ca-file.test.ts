import {mkdirSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {certificate} from '../../harness/certificate.ts'
import {aSetting, type Setting} from '../../harness/setting.ts'

const CREATE = 'webhook create --name ops --platform catalyst --url https://ops.example.com/in --event node.added'

const typed = (setting: Setting, line: string) => setting.hookctl(line.split(' '))

test.each([
  ['a file that is not there', 'nope.pem', 3, 'no file'],
  ['a folder', 'folder', 2, 'it is a directory'],
  ['a text', 'notes.txt', 2, 'holds no certificate in PEM'],
  ['what only looks like a certificate', 'broken.pem', 2, 'holds what is no certificate'],
  ['a device', '/dev/null', 2, 'is no regular file'],
])('--ca-file refuses %s, for a new webhook and for an old one', async (_, file, exitCode, message) => {
  await using setting = await aSetting()
  const inHome = (name: string) => path.join(setting.home.path, name)
  mkdirSync(inHome('folder'))
  writeFileSync(inHome('notes.txt'), 'to do: ask for the certificate\n')
  writeFileSync(inHome('broken.pem'), certificate.replace(/\n[^-]{60,}\n/, '\nAAAA\n'))
  await setting.webhook('old')
  for (const line of [CREATE, 'webhook edit old']) {
    const refused = await typed(setting, `${line} --ca-file ${file}`)
    expect(refused).toMatchObject({exitCode, stdout: ''})
    expect(refused.stderr).toContain(message)
    expect(refused.stderr).toContain(file)
    expect(refused.stderr).toMatch(/^next: /m)
  }
  expect(await setting.rows('webhook', 'list')).toMatchObject([{name: 'old', policies: {tls: {caFile: null}}}])
})

test('--ca-file is stored as an absolute path: whoever sends works in another folder', async () => {
  await using setting = await aSetting()
  writeFileSync(path.join(setting.home.path, 'ca.pem'), `# ours\n${certificate}${certificate}`)
  const caFile = path.join(setting.home.path, 'ca.pem')
  await typed(setting, `${CREATE} --ca-file ca.pem`)
  expect(await setting.json('webhook', 'show', 'ops')).toMatchObject({policies: {tls: {verify: true, caFile}}})
  await typed(setting, 'webhook edit ops --tls skip')
  await typed(setting, 'webhook edit ops --ca-file ./ca.pem')
  expect(await setting.json('webhook', 'show', 'ops')).toMatchObject({policies: {tls: {verify: true, caFile}}})
})

test('--ca-file for a server on another machine names a file there, and has to be absolute', async () => {
  await using setting = await aSetting()
  const refused = await typed(setting, `${CREATE} --ca-file ca.pem --server https://hooks.example.net`)
  expect(refused).toMatchObject({exitCode: 2})
  expect(refused.stderr).toMatch(/ca\.pem is not an absolute path\nnext: .* on https:\/\/hooks\.example\.net/)
})
