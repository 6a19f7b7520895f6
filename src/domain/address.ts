/** An IP address as its bytes: 4 for IPv4, 16 for IPv6. */
export type AddressBytes = readonly number[]

/** The addresses that share their first `bits` bits. */
export interface Network {
  readonly bytes: AddressBytes
  readonly bits: number
}

/** The bytes of an address in its usual spelling, or null. Not for URLs: their odd spellings are the URL parser's. */
export const parseAddress = (text: string): AddressBytes | null => (text.includes(':') ? parseV6(text) : parseV4(text))

function parseV4(text: string): AddressBytes | null {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every(part => /^(0|[1-9]\d{0,2})$/.test(part))) return null
  const bytes = parts.map(Number)
  return bytes.every(byte => byte <= 255) ? bytes : null
}

function parseV6(text: string): AddressBytes | null {
  // The zone names an interface of this host, not another address.
  const halves = text.replace(/%.*$/, '').split('::')
  if (halves.length > 2) return null
  const [head, tail] = halves.map(groupsOf)
  if (head === undefined || head === null || tail === null) return null
  if (tail === undefined) return head.length === 16 ? head : null
  const gap = 16 - head.length - tail.length
  return gap < 2 ? null : [...head, ...Array<number>(gap).fill(0), ...tail]
}

function groupsOf(text: string): AddressBytes | null {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    const embedded = index === groups.length - 1 && group.includes('.') ? parseV4(group) : null
    if (embedded !== null) bytes.push(...embedded)
    else if (/^[\da-f]{1,4}$/i.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255)
    else return null
  }
  return bytes
}

/** A network such as `10.0.0.0/8` or `fc00::/7`, or a single address; null when it is neither. */
export function parseNetwork(text: string): Network | null {
  const [address = '', length, more] = text.split('/')
  const bytes = parseAddress(address)
  if (bytes === null || more !== undefined || address.includes('%')) return null
  if (length === undefined) return {bytes, bits: bytes.length * 8}
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN
  return bits <= bytes.length * 8 ? {bytes, bits} : null
}

/** Whether the address lies in the network. An IPv4 address is never in an IPv6 network, nor the other way round. */
export function isIn(address: AddressBytes, {bytes, bits}: Network): boolean {
  if (address.length !== bytes.length) return false
  const whole = bits >> 3
  for (let index = 0; index < whole; index++) if (address[index] !== bytes[index]) return false
  const rest = 8 - (bits & 7)
  return rest === 8 || address[whole]! >> rest === bytes[whole]! >> rest
}

const mapped = parseNetwork('::ffff:0:0/96')!
const nat64 = parseNetwork('64:ff9b::/96')!

/**
 * The address that is reached in the end: the IPv4 address inside an IPv4-mapped or a NAT64 address (hosts with IPv6
 * only see IPv4 receivers so), else the address itself.
 */
export const innerAddress = (address: AddressBytes): AddressBytes =>
  isIn(address, mapped) || isIn(address, nat64) ? address.slice(12) : address

/** As {@link innerAddress}, for mapped addresses only: the very same address on this host. */
export const sameHostAddress = (address: AddressBytes): AddressBytes =>
  isIn(address, mapped) ? address.slice(12) : address
