import {rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:https'
import type {AddressInfo} from 'node:net'
import path from 'node:path'
import type {TLSSocket} from 'node:tls'
import {afterEach, expect, test} from 'vitest'
import {certificate, privateKey} from '../../harness/certificate.ts'
import {aSetting, type Row, type Setting} from '../../harness/setting.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function aStrictReceiver(): Promise<string> {
  const server = createServer(
    {key: privateKey, cert: certificate, ca: certificate, requestCert: true, rejectUnauthorized: false},
    (request, response) => {
      const {authorized} = request.socket as TLSSocket
      request.resume().on('end', () => response.writeHead(authorized ? 204 : 403).end())
    },
  )
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/in`
}

function files(setting: Setting) {
  const [certFile, keyFile] = [path.join(setting.home.path, 'cert.pem'), path.join(setting.home.path, 'key.pem')]
  writeFileSync(certFile, certificate)
  writeFileSync(keyFile, privateKey)
  return {certFile, keyFile}
}

test('a receiver that asks for a certificate is shown that of this machine, once it is said to be for it', async () => {
  await using setting = await aSetting()
  files(setting)
  await setting.webhook('partner', '--url', await aStrictReceiver(), '--tls', 'skip')
  const tested = async () => (await setting.hookctl(['webhook', 'test', 'partner', '--json'])).exitCode
  expect(await tested()).toBe(7)
  await setting.json('config', 'set', 'targets.certFor', '127.0.0.1/32')
  await setting.json('config', 'set', 'targets.keyFile', 'key.pem')
  await setting.json('config', 'set', 'targets.certFile', 'cert.pem')
  expect((await setting.json('config', 'get', 'targets.certFile')).value).toMatch(/cert\.pem$/)
  const named = {
    HOOKCTL_TARGETS_CERT_FILE: path.join(setting.home.path, 'cert.pem'),
    HOOKCTL_TARGETS_KEY_FILE: path.join(setting.home.path, 'key.pem'),
  }
  expect(await setting.hookctl(['webhook', 'test', 'partner'], {env: named})).toMatchObject({exitCode: 0})
  rmSync(path.join(setting.home.path, 'key.pem'))
  expect(await setting.hookctl(['webhook', 'test', 'partner'], {env: named})).toMatchObject({exitCode: 7})
  const [delivery] = await setting.rows('delivery', 'list')
  const shown = await setting.json<Row>('delivery', 'show', delivery?.id)
  expect(shown.attempts[0]).toMatchObject({errorClass: 'tls', hint: expect.stringContaining('targets.certFile')})
  expect(JSON.stringify(shown)).not.toContain('key.pem')
})

test('a certificate that is for nobody is refused, with what to set', async () => {
  await using setting = await aSetting()
  const env = {HOOKCTL_TARGETS_CERT_FILE: '/etc/hookctl/cert.pem'}
  const refused = await setting.hookctl(['webhook', 'list', '--json'], {env})
  expect(refused).toMatchObject({exitCode: 2})
  expect(refused.error()).toMatchObject({
    code: 'cert_for_missing',
    message: expect.stringMatching(/^HOOKCTL_TARGETS_CERT_FILE: /),
    hint: expect.stringContaining('targets.certFor'),
  })
  const wrong = await setting.hookctl(['config', 'set', 'targets.certFor', '*.example', '--json'])
  expect(wrong.error()).toMatchObject({code: 'bad_target_rule'})
})

test('doctor says how long the certificate is good, and what is wrong with its files', async () => {
  await using setting = await aSetting()
  const {certFile, keyFile} = files(setting)
  const env = {
    HOOKCTL_TARGETS_CERT_FILE: certFile,
    HOOKCTL_TARGETS_KEY_FILE: keyFile,
    HOOKCTL_TARGETS_CERT_FOR: '10.0.0.0/8',
  }
  const found = async (at: string, given: Record<string, string> = env) => {
    const now = () => Date.parse(at)
    const {data} = (await setting.hookctl(['doctor', '--json'], {env: given, now})).json<{data: Row[]}>()
    return data.filter(({check}) => check === 'certificate').map(({state, detail}) => `${state}: ${detail}`)
  }
  expect(await found('2026-11-28', {})).toEqual([])
  expect(await found('2026-11-28')).toEqual([expect.stringMatching(/^ok: .*good until 2120-01-01$/)])
  expect(await found('2119-12-25')).toEqual([expect.stringMatching(/^warning: .*good until 2120-01-01$/)])
  expect(await found('2120-01-02')).toEqual([expect.stringMatching(/^failed: .*was good until 2120-01-01$/)])
  const {HOOKCTL_TARGETS_CERT_FOR: _, ...forNobody} = env
  expect(await found('2026-11-28', forNobody)).toEqual([expect.stringMatching(/^failed: .*targets\.certFor/)])
  writeFileSync(keyFile, certificate)
  expect(await found('2026-11-28')).toEqual([expect.stringMatching(/^failed: .*key\.pem holds no key/)])
  writeFileSync(certFile, 'nothing')
  expect(await found('2026-11-28')).toEqual([expect.stringMatching(/^failed: .*cert\.pem holds no certificate/)])
})
