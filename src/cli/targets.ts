import type {TargetCertificate} from '../domain/target-certificate.ts'
import {
  type OwnListener,
  parseRule,
  parseTarget,
  parseTargetPolicy,
  type TargetPolicy,
} from '../domain/target-policy.ts'
import {parseTargetProxy, type TargetProxy} from '../domain/target-proxy.ts'
import type {InstanceTargets} from '../embedded/targets.ts'
import {usageError} from '../errors.ts'
import type {SettingKey} from './setting-keys.ts'
import {describeOrigin, naming, type Settings} from './settings.ts'

/** What flags say in place of the settings. */
export interface PolicyFlags {
  readonly policy?: 'local' | 'public' | undefined
  readonly allow?: readonly string[] | undefined
  readonly deny?: readonly string[] | undefined
}

const rulesIn = (settings: Settings, key: SettingKey): readonly string[] => settings.text(key)?.split(',') ?? []

/**
 * The target policy of this instance: its settings, with flags in their place.
 *
 * @throws usage `bad_target_rule`, `metadata_rule`, naming where the rule stands
 */
export function targetPolicy(settings: Settings, flags: PolicyFlags = {}): TargetPolicy {
  const reach = flags.policy ?? (settings.text('targets.policy') as 'local' | 'public')
  const allowMetadata = settings.isOn('targets.allowMetadata')
  const read = (name: 'allow' | 'deny') => {
    const rules = flags[name] ?? rulesIn(settings, `targets.${name}`)
    const where = flags[name] === undefined ? describeOrigin(settings.read(`targets.${name}`).origin) : `flag --${name}`
    return naming(where, () => parseTargetPolicy({reach, allowMetadata, [name]: rules}))[name]
  }
  return {reach, allow: read('allow'), deny: read('deny')}
}

/**
 * The proxy of this instance, or null. Only our own setting names one: what other programs take from their surroundings
 * would send deliveries where nobody who set up hookctl meant them to go (A9).
 *
 * @throws usage `bad_proxy`, `bad_target_rule`, naming where it stands
 */
export function targetProxy(settings: Settings): TargetProxy | null {
  const url = settings.text('targets.proxy')
  if (url === undefined) return null
  const stands = (key: SettingKey) => describeOrigin(settings.read(key).origin)
  const direct = naming(stands('targets.direct'), () => rulesIn(settings, 'targets.direct').map(parseRule))
  return naming(stands('targets.proxy'), () => parseTargetProxy(url, direct))
}

/**
 * The certificate of this instance, or null.
 *
 * @throws usage `cert_for_missing` where nothing says to whom it is shown, `bad_target_rule`
 */
export function targetCertificate(settings: Settings): TargetCertificate | null {
  const certFile = settings.text('targets.certFile')
  if (certFile === undefined) return null
  const where = (key: SettingKey) => describeOrigin(settings.read(key).origin)
  const to = naming(where('targets.certFor'), () => rulesIn(settings, 'targets.certFor').map(parseRule))
  if (to.length > 0) return {certFile, keyFile: settings.text('targets.keyFile') ?? certFile, to}
  const message = `${where('targets.certFile')}: targets.certFile is set, and targets.certFor does not say to whom it is shown`
  throw usageError('cert_for_missing', message, {hint: "hookctl config set targets.certFor 'host:*.corp.example'"})
}

export const instanceTargets = (settings: Settings): InstanceTargets => ({
  policy: targetPolicy(settings),
  proxy: targetProxy(settings),
  certificate: targetCertificate(settings),
  stated: settings.read('targets.policy').origin.kind !== 'default',
})

/** @throws usage `bad_target_rule` for a text that no list of rules can be */
export function checkRules(text: string): void {
  parseTargetPolicy({reach: 'local', allow: text.split(','), allowMetadata: true})
}

/** The server that runs on this store, where one does: it is never a target. */
export async function ownListeners(settings: Settings): Promise<readonly OwnListener[]> {
  const {runningServer} = await import('./context.ts')
  const running = runningServer(settings.text('store') ?? '')
  if (running === undefined) return []
  const target = parseTarget(running.url)
  return typeof target === 'string' ? [] : [{address: target.hostname, port: target.port}]
}
