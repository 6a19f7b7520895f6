// Known holes in what hookctl is built from, at level high or above. Where no registry answers that question (offline, or
// a mirror without it), says so and passes: an answer that cannot be had is not a finding.
import {spawnSync} from 'node:child_process'
import process from 'node:process'
import {fileURLToPath} from 'node:url'

/** What `npm audit --json` says: `{found}`, by name, or `{unknown}` with the reason. */
export function readAudit(stdout) {
  let report
  try {
    report = JSON.parse(stdout)
  } catch {
    return {unknown: 'no answer'}
  }
  if (report.vulnerabilities === undefined) return {unknown: report.message ?? report.error?.summary ?? 'no answer'}
  const high = Object.values(report.vulnerabilities).filter(({severity}) => /^(?:high|critical)$/.test(severity))
  return {found: high.map(({name, severity, range}) => `${name} ${range} (${severity})`)}
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const {stdout} = spawnSync('npm', ['audit', '--json', '--package-lock-only'], {encoding: 'utf8', timeout: 30_000})
  const {found, unknown} = readAudit(stdout ?? '')
  if (unknown !== undefined) console.log(`audit: not asked (${unknown})`)
  else if (found.length === 0) console.log('audit: nothing of level high or above')
  else {
    console.error(`audit: ${found.join(', ')}`)
    process.exitCode = 1
  }
}
