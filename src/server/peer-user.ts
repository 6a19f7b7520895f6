import {readFileSync} from 'node:fs'
import {isIPv4} from 'node:net'

export interface Connection {
  readonly localAddress?: string | undefined
  readonly localPort?: number | undefined
  readonly remoteAddress?: string | undefined
  readonly remotePort?: number | undefined
}

/**
 * The user whose process holds the other end of a connection within this machine, as the kernel's table of sockets says;
 * null where it does not: the other end is elsewhere, or the system is not Linux.
 */
export function peerUser(connection: Connection, read = readTable): number | null {
  const {localAddress, localPort, remoteAddress, remotePort} = connection
  if (!localAddress || !localPort || !remoteAddress || !remotePort) return null
  const [here, there] = [bare(localAddress), bare(remoteAddress)]
  const ends = ` ${spell(there, remotePort)} ${spell(here, localPort)} `
  const line = read(isIPv4(there) ? '/proc/net/tcp' : '/proc/net/tcp6')
    .split('\n')
    .find(each => each.includes(ends))
  // sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid
  const user = line?.trim().split(/\s+/)[7]
  return user === undefined ? null : Number(user)
}

/** An IPv4 address that came in on a socket for both kinds. */
const bare = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '')

/** As the table has it: 127.0.0.1:8700 is 0100007F:21FC. Each 32 bits in the order of a little-endian machine. */
function spell(address: string, port: number): string {
  const words = bytesOf(address)
    .toReversed()
    .map(byte => byte.toString(16).padStart(2, '0'))
  const hex = isIPv4(address) ? words.join('') : wordsSwapped(words)
  return `${hex}:${port.toString(16).padStart(4, '0')}`.toUpperCase()
}

/** Reversed as a whole, then word by word put back: what is left is reversed within each word. */
function wordsSwapped(reversed: readonly string[]): string {
  return [12, 8, 4, 0].map(at => reversed.slice(at, at + 4).join('')).join('')
}

/** Of IPv6 only what a listener on this machine is called by: addresses are asked for as Node spells them. */
function bytesOf(address: string): number[] {
  if (isIPv4(address)) return address.split('.').map(Number)
  const [head = '', tail = ''] = address.split('%')[0]!.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':').map(group => Number.parseInt(group, 16)))
  const [before, after] = [groups(head), groups(tail)]
  const all = [...before, ...new Array(Math.max(0, 8 - before.length - after.length)).fill(0), ...after]
  return all.flatMap(group => [group >> 8, group & 0xff])
}

function readTable(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}
