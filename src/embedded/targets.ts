import type {TargetCertificate} from '../domain/target-certificate.ts'
import {localTargets, type OwnListener, type TargetPolicy} from '../domain/target-policy.ts'
import type {TargetProxy} from '../domain/target-proxy.ts'
import type {Targets} from '../services/deps.ts'
import {resolveByHost, withInterfaces} from '../transport/guard.ts'

/** The target policy of this instance. Of whoever runs it alone: nothing that comes in over the API reaches it. */
export interface InstanceTargets {
  readonly policy: TargetPolicy
  readonly proxy: TargetProxy | null
  readonly certificate: TargetCertificate | null
  /** Whether somebody has chosen it; else the server listens on loopback only. */
  readonly stated: boolean
}

export const openTargets: InstanceTargets = {policy: localTargets, proxy: null, certificate: null, stated: false}

/**
 * @param runningServer URL of the server of this store in another process, asked whenever something is dialled
 * @param own where this process listens
 */
export function targetsOf(
  {policy, proxy, certificate}: InstanceTargets,
  runningServer: (() => string | null) | undefined,
  own: readonly OwnListener[],
): Targets {
  // Where every ordinary address may be dialled a look-up would cost time and say nothing.
  const isOpen = policy.reach === 'local' && policy.deny.length === 0
  return {
    policy,
    proxy,
    certificate,
    resolve: isOpen ? null : resolveByHost,
    ownListeners: () => {
      const url = runningServer?.() ?? null
      return withInterfaces(url === null ? own : [...own, listenerAt(url)])
    },
  }
}

function listenerAt(url: string): OwnListener {
  const {hostname: address, port} = new URL(url)
  return {address: address.replace(/^\[|\]$/g, ''), port: Number(port || 80)}
}
