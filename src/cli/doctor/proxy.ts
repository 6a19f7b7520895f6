import type {Settings} from '../settings.ts'
import type {Surroundings} from '../surroundings.ts'
import {type Finding, ok} from './finding.ts'
import {fromError} from './from-error.ts'

/** As curl reads them, and most programs after it. */
const VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy']

/** What deliveries from here go through, and what they do not, though other programs on this machine do. */
export async function examineProxy(settings: Settings, {env}: Surroundings): Promise<readonly Finding[]> {
  const {targetProxy} = await import('../targets.ts')
  try {
    const proxy = targetProxy(settings)
    if (proxy !== null) return [ok('proxy', `deliveries go through ${proxy.origin}`)]
  } catch (error) {
    return [fromError('proxy', error)]
  }
  const variable = VARIABLES.find(name => env[name])
  if (variable === undefined) return []
  return [
    ok(
      'proxy',
      `deliveries do not take the proxy in ${variable}: hookctl config set targets.proxy URL has them take one`,
    ),
  ]
}
