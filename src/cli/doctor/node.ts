import {type Finding, failed, ok, warning} from './finding.ts'

export interface Runtime {
  /** `24.21.0`. */
  readonly version: string
  readonly execPath: string
}

const FIX = 'install Node.js 24 (24.15 or newer) or 26'

/** Whether hookctl may run on this Node, and which one it is: several on one machine are the usual surprise. */
export function examineNode({version, execPath}: Runtime): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const detail = `Node.js ${version} at ${execPath}`
  if (major < 24 || (major === 24 && minor < 15)) return failed('node', `${detail} is too old`, FIX)
  // Odd numbers are never supported for long: no fixes reach them.
  return major % 2 === 1 ? warning('node', `${detail} is not a version with long support`, FIX) : ok('node', detail)
}
