import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import {type AddressInfo, connect, createServer, type Socket} from 'node:net'
import {expect, test} from 'vitest'
import {peerUser} from '../../src/server/peer-user.ts'

const isLinux = process.platform === 'linux'

test.skipIf(!isLinux).each([
  ['127.0.0.1', '127.0.0.1'],
  ['::1', '::1'],
  ['::', '127.0.0.1'],
])(
  `a connection on %s from %s is of this user${isLinux ? '' : ' (skipped: this is not Linux)'}`,
  async (host, from) => {
    const server = createServer()
    server.listen(0, host)
    await once(server, 'listening')
    const client = connect((server.address() as AddressInfo).port, from)
    const [socket] = (await once(server, 'connection')) as [Socket]
    expect(peerUser(socket)).toBe(process.getuid?.())
    client.destroy()
    socket.destroy()
    server.close()
  },
)

const ends = {localAddress: '127.0.0.1', localPort: 8700, remoteAddress: '127.0.0.1', remotePort: 40_000}
const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const line = (local: string, remote: string, uid: number) =>
  `   0: ${local} ${remote} 01 00000000:00000000 00:00000000 00000000  ${uid}        0 1 1 0000 20 4 30 10 -1\n`

test('the end that is the other one counts, not the own and not one like it', () => {
  const table = [
    head,
    line('0100007F:21FC', '0100007F:9C40', 1),
    line('0200007F:9C40', '0100007F:21FC', 2),
    line('0100007F:9C40', '0100007F:21FC', 1000),
  ].join('')
  expect(peerUser(ends, () => table)).toBe(1000)
  expect(peerUser({...ends, remoteAddress: '127.0.0.2'}, () => table)).toBe(2)
  expect(peerUser({...ends, remoteAddress: '192.0.2.1'}, () => table)).toBeNull()
})

test('where the system does not tell, nobody is named', () => {
  expect(peerUser(ends, () => '')).toBeNull()
  expect(peerUser({}, () => head)).toBeNull()
  if (isLinux) expect(readFileSync('/proc/net/tcp', 'latin1')).toContain(' uid ')
})
