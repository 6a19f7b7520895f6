import {readFileSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {readAudit} from '../scripts/audit.js'

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'))

interface Locked {
  readonly version: string
  readonly resolved?: string
  readonly integrity?: string
  readonly optional?: boolean
  readonly hasInstallScript?: boolean
}

const locked = (): readonly (readonly [string, Locked])[] =>
  Object.entries(read('package-lock.json').packages as Record<string, Locked>).filter(([place]) => place !== '')

/** So many packages are in what is published; one more is a decision. */
const most = 93

describe('I1: a dependency that turns bad', () => {
  test('comes in by no install: what is published asks for no package and runs no script', () => {
    const {dependencies, optionalDependencies, peerDependencies, bundleDependencies, scripts} = read('package.json')
    expect([dependencies, optionalDependencies, peerDependencies, bundleDependencies]).toEqual(Array(4).fill(undefined))
    // npm warns of `prepare` too where a package is installed from a file.
    expect(Object.keys(scripts).filter(name => /^(?:pre|post)?install$|^prepare$/.test(name))).toEqual([])
  })

  test('is not exchanged unseen: what the lock names has its digest, and no place of its own to come from', () => {
    expect(locked().filter(([, {resolved}]) => resolved !== undefined)).toEqual([])
    // Those of other platforms are added without one by scripts/complete-lock.js: nobody here installs them.
    const unsigned = locked().filter(([, {integrity}]) => !integrity?.startsWith('sha512-'))
    expect(unsigned.filter(([, {optional}]) => optional !== true).map(([place]) => place)).toEqual([])
    expect(locked().length - unsigned.length).toBeGreaterThan(200)
  })

  test('runs nothing when it is installed: of what has a script, only the package of Node itself may', () => {
    const withScript = locked()
      .filter(([, {hasInstallScript}]) => hasInstallScript === true)
      .map(([place]) => place.replace('node_modules/', ''))
    const {allowScripts} = read('package.json') as {allowScripts: Record<string, boolean>}
    expect(Object.keys(allowScripts).toSorted()).toEqual(withScript.toSorted())
    expect(Object.keys(allowScripts).filter(name => allowScripts[name])).toEqual(['node'])
  })

  test(`is named in the bill of materials that is published, with its version; they are no more than ${most}`, () => {
    const {components} = read('dist/sbom.cdx.json') as {components: {name: string; version: string; purl: string}[]}
    const versions = new Map<string, string[]>()
    for (const [place, {version}] of locked()) {
      const name = place.replace(/^.*node_modules\//, '')
      versions.set(name, [...(versions.get(name) ?? []), version])
    }
    for (const {name, version, purl} of components) {
      expect([name, versions.get(name)]).toEqual([name, expect.arrayContaining([version])])
      expect(decodeURIComponent(purl)).toBe(`pkg:npm/${name}@${version}`)
    }
    expect(components.length).toBeGreaterThan(20)
    expect(components.length).toBeLessThanOrEqual(most)
    console.log(
      `figure I1: 0 packages installed with hookctl; ${components.length} in its bundle, each in its bill of materials`,
    )
  })

  test('is found by the audit, which tells holes from an answer that cannot be had', () => {
    const vulnerabilities = {
      a: {name: 'a', severity: 'critical', range: '<2'},
      b: {name: 'b', severity: 'moderate', range: '*'},
    }
    expect(readAudit(JSON.stringify({vulnerabilities}))).toEqual({found: ['a <2 (critical)']})
    expect(readAudit(JSON.stringify({vulnerabilities: {}}))).toEqual({found: []})
    expect(readAudit(JSON.stringify({message: 'offline'}))).toEqual({unknown: 'offline'})
    expect(readAudit('')).toEqual({unknown: 'no answer'})
  })
})
