import {generateKeyPairSync} from 'node:crypto'
import {once} from 'node:events'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {createServer} from 'node:https'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {TLSSocket} from 'node:tls'
import {afterEach, expect, it} from 'vitest'
import {parseRule} from '../../src/domain/target-policy.ts'
import {parseTargetProxy} from '../../src/domain/target-proxy.ts'
import {createTransport, type TransportOptions} from '../../src/transport/http.ts'
import {certificate, privateKey} from '../harness/certificate.ts'
import {openProxy} from '../harness/proxy.ts'
import {openReceiver} from '../harness/receiver.ts'
import {aRequest} from './a-request.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Asks for a certificate, and answers 403 to who shows none that it trusts. */
async function aStrictReceiver() {
  const shown: (string | undefined)[] = []
  const server = createServer(
    {key: privateKey, cert: certificate, ca: certificate, requestCert: true, rejectUnauthorized: false},
    (request, response) => {
      const socket = request.socket as TLSSocket
      const subject = socket.getPeerCertificate()?.subject?.CN
      shown.push(Array.isArray(subject) ? subject.join() : subject)
      request.resume().on('end', () => response.writeHead(socket.authorized ? 204 : 403).end())
    },
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => {
    server.closeAllConnections()
    return new Promise(done => server.close(done))
  })
  return {port: (server.address() as AddressInfo).port, shown}
}

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hookctl-certificate-'))
  cleanups.push(() => rm(folder, {recursive: true}))
  return folder
}

async function files(cert: string, key: string) {
  const folder = await aFolder()
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  await writeFile(certFile, cert)
  await writeFile(keyFile, key)
  return {certFile, keyFile}
}

function sender(own: {certFile: string; keyFile: string}, to: string, options: Partial<TransportOptions> = {}) {
  const transport = createTransport({
    now: Date.now,
    resolve: async () => ['127.0.0.1'],
    certificate: {...own, to: [parseRule(to)]},
    ...options,
  })
  cleanups.push(() => transport.close())
  return (url: string) => transport.send(aRequest(url, {tls: {verify: false, caFile: null}}))
}

const NAME = 'hookctl test receiver'

it('shows the certificate of the instance to the targets it is for, and to no others', async () => {
  const receiver = await aStrictReceiver()
  const own = await files(certificate, privateKey)
  const send = sender(own, 'host:partner.example')
  expect(await send(`https://partner.example:${receiver.port}/`)).toMatchObject({status: 204})
  expect(await send(`https://other.example:${receiver.port}/`)).toMatchObject({status: 403})
  expect(await send(`https://127.0.0.1:${receiver.port}/`)).toMatchObject({status: 403})
  expect(receiver.shown).toEqual([NAME, undefined, undefined])
  expect(await sender(own, '127.0.0.0/8')(`https://127.0.0.1:${receiver.port}/`)).toMatchObject({status: 204})
})

it('takes certificate and key out of one file', async () => {
  const receiver = await aStrictReceiver()
  const {certFile} = await files(`${privateKey}${certificate}`, '')
  const send = sender({certFile, keyFile: certFile}, '127.0.0.1/32')
  expect(await send(`https://127.0.0.1:${receiver.port}/`)).toMatchObject({status: 204})
})

it('shows it through the tunnel of a proxy, to the target and not to the proxy', async () => {
  const receiver = await aStrictReceiver()
  await using proxy = await openProxy({leads: {'partner.example:443': receiver.port}})
  const send = sender(await files(certificate, privateKey), 'host:partner.example', {
    proxy: parseTargetProxy(proxy.url),
  })
  expect(await send('https://partner.example/')).toMatchObject({status: 204})
  expect([proxy.asked, receiver.shown]).toEqual([['CONNECT partner.example:443'], [NAME]])
})

const otherKey = generateKeyPairSync('ec', {namedCurve: 'P-256'}).privateKey.export({type: 'pkcs8', format: 'pem'})

it.each([
  ['a key of another certificate', certificate, String(otherKey)],
  ['no key', certificate, ''],
  ['no certificate', 'root:x:0:0', privateKey],
])('with %s nothing is sent, and where its files are is told to nobody', async (_what, cert, key) => {
  const receiver = await aStrictReceiver()
  const own = await files(cert, key)
  const send = sender(own, '127.0.0.1/32')
  for (const round of [1, 2]) {
    expect([round, await send(`https://127.0.0.1:${receiver.port}/`)]).toMatchObject([
      round,
      {
        status: null,
        errorClass: 'tls',
        error: 'the certificate of this machine cannot be used: it has to be a PEM file with a key that fits it',
      },
    ])
  }
  expect(receiver.shown).toEqual([])
  // What was renewed is read again, and that it was wrong is forgotten.
  if (cert !== certificate) await writeFile(own.certFile, certificate)
  if (key !== privateKey) await writeFile(own.keyFile, privateKey)
  expect(await send(`https://127.0.0.1:${receiver.port}/`)).toMatchObject({status: 204})
})

it('fails only what it is for where its files are not there', async () => {
  const receiver = await aStrictReceiver()
  const send = sender({certFile: '/nowhere/cert.pem', keyFile: '/nowhere/key.pem'}, 'host:partner.example')
  expect(await send(`https://partner.example:${receiver.port}/`)).toMatchObject({errorClass: 'tls'})
  expect(await send(`https://other.example:${receiver.port}/`)).toMatchObject({status: 403})
})

it('needs no certificate where no TLS is spoken', async () => {
  await using receiver = await openReceiver()
  const send = sender({certFile: '/nowhere/cert.pem', keyFile: '/nowhere/key.pem'}, '127.0.0.1/32')
  expect(await send(receiver.url)).toMatchObject({status: 204})
})
