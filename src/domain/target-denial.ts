import {parseAddress} from './address.ts'
import type {Target, TargetVerdict} from './target-policy.ts'

/** A target that may not be dialled, and why. */
export type TargetDenial = Extract<TargetVerdict, {allowed: false}>

const reasons: Readonly<Record<TargetDenial['reason'], string>> = {
  bad_url: 'the URL is not one',
  bad_scheme: 'the URL begins with neither https:// nor http://',
  bad_port: 'the port belongs to another protocol',
  userinfo: 'the URL holds a user name or password',
  fragment: 'the URL has a fragment',
  no_address: 'the name has no address',
  self: 'it is a listener of hookctl itself',
  rule: 'a deny rule names it',
  private: 'private addresses are outside the target policy',
  loopback: 'loopback addresses are outside the target policy',
  metadata: 'metadata and link-local addresses are never dialled',
  special: 'it is no address of an ordinary receiver',
}

/** Says which address of which host was refused, and by what. */
export function denialSentence({reason, address, rule}: TargetDenial, host: string): string {
  const where = address === null || host.includes(address) ? host : `${host} (${address})`
  return `${where} is not dialled: ${reasons[reason]}${rule === null ? '' : ` (${rule})`}`
}

/** What can be done about it: the setting of the instance that would let this target through, where there is one. */
export function denialHint({reason, address, rule}: TargetDenial, {hostname, port}: Target): string {
  switch (reason) {
    case 'private':
    case 'loopback': {
      const rules =
        parseAddress(hostname) !== null ? exactly(address) : `host:${hostname}:${port} or ${exactly(address)}`
      return `let it through where hookctl runs: add ${rules} to targets.allow, or set targets.policy to local`
    }
    case 'rule':
      return `targets.deny of the instance holds ${rule}`
    case 'self':
      return 'a delivery to hookctl would make the next one: send to another receiver'
    case 'no_address':
      return 'check the spelling of the host, and the resolver of the machine that sends'
    case 'metadata':
    case 'special':
      return 'no range opens these addresses: use the address of the receiver itself'
    default:
      return 'write it like https://hooks.example.com/in'
  }
}

const exactly = (address: string | null): string => `${address}/${address?.includes(':') ? 128 : 32}`
