import {networkInterfaces} from 'node:os'
import {
  judgeName,
  judgeTarget,
  knownAddresses,
  type OwnListener,
  type Target,
  type TargetPolicy,
} from '../domain/target-policy.ts'
import {LookupFailed, TargetDenied} from './failure.ts'

/** The addresses of a name, in the order to try them; empty or a rejection where there are none. */
export type Resolve = (hostname: string) => Promise<readonly string[]>

/** Asks the host's resolver. Rejects with its code: `ENOTFOUND` where there is no such name. */
export const resolveByHost: Resolve = async hostname => {
  const {lookup} = await import('node:dns/promises')
  return (await lookup(hostname, {all: true})).map(found => found.address)
}

/** Stands between every name or address and the socket. */
export interface Guard {
  /** The addresses that may be dialled for a target. @throws TargetDenied, LookupFailed */
  admit(target: Target): Promise<readonly string[]>
  /**
   * The same where a proxy dials: what is known here of the name is judged here. Of a name that is not, or not soon, only
   * the proxy knows where it leads. @throws TargetDenied
   */
  admitThrough(target: Target): Promise<void>
  /** Looks at an address alone: a literal before the dial, the other end of a socket after it. @throws TargetDenied */
  check(target: Target, address: string): void
}

export interface GuardOptions {
  readonly policy: TargetPolicy
  readonly resolve: Resolve
  /** The sockets hookctl listens on at this moment. */
  readonly ownListeners: () => readonly OwnListener[]
}

/** So long a look-up may take where the proxy asks again in any case. */
const LOOKUP_MS = 2000

export function createGuard({policy, resolve, ownListeners}: GuardOptions): Guard {
  // Twenty deliveries to a new receiver ask for its name once: look-ups share a few threads with the file system.
  const asked = new Map<string, Promise<readonly string[]>>()

  function look(hostname: string): Promise<readonly string[]> {
    const known = knownAddresses(hostname)
    if (known !== null) return Promise.resolve(known)
    const asking = asked.get(hostname)
    if (asking !== undefined) return asking
    const answer = resolve(hostname).finally(() => asked.delete(hostname))
    asked.set(hostname, answer)
    return answer
  }

  function judge(target: Target, addresses: readonly string[]): void {
    const verdict = judgeTarget(policy, target, addresses, withInterfaces(ownListeners()))
    if (!verdict.allowed) throw new TargetDenied(verdict)
  }

  return {
    async admit(target) {
      const addresses = await look(target.hostname).catch(error => {
        throw new LookupFailed(error)
      })
      judge(target, addresses)
      return addresses
    },
    async admitThrough(target) {
      const late = Promise.withResolvers<null>()
      const timer = setTimeout(late.resolve, LOOKUP_MS, null)
      const found = await Promise.race([look(target.hostname).catch(() => null), late.promise])
      clearTimeout(timer)
      if (found !== null && found.length > 0) return judge(target, found)
      const denial = judgeName(policy, target)
      if (denial !== null) throw new TargetDenied(denial)
    },
    check: (target, address) => judge(target, [address]),
  }
}

/** A listener on every address is also one on each address of this host. */
export function withInterfaces(listeners: readonly OwnListener[]): readonly OwnListener[] {
  if (!listeners.some(listener => isWildcard(listener.address))) return listeners
  const addresses = Object.values(networkInterfaces()).flatMap(list => (list ?? []).map(each => each.address))
  return listeners.flatMap(listener =>
    isWildcard(listener.address)
      ? [listener, ...addresses.map(address => ({address, port: listener.port}))]
      : [listener],
  )
}

const isWildcard = (address: string): boolean => address === '0.0.0.0' || address === '::'
