// The licence texts of everything the bundle carries: they must go where the code goes.
import {existsSync, globSync, readFileSync} from 'node:fs'
import path from 'node:path'

/** `…/node_modules/@scope/name` of a module's path; undefined for our own modules. */
const packageFolder = id => /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id.replace(/^\0/, '').split('?')[0])?.[1]

function text({folder, name, version, license}) {
  const files = globSync('{LICENSE,LICENCE,license,licence,License,NOTICE}*', {cwd: folder}).sort()
  const texts = files.map(file => readFileSync(path.join(folder, file), 'utf8').trim())
  return [`${name} ${version} (${license ?? 'see below'})`, ...texts].join('\n\n')
}

/** The packages whose modules stand in the chunks of a bundle, by name. */
export function bundledPackages(chunks) {
  const folders = new Set(chunks.flatMap(chunk => chunk.moduleIds ?? []).map(packageFolder))
  return [...folders]
    .filter(folder => folder !== undefined && existsSync(path.join(folder, 'package.json')))
    .map(folder => ({...JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')), folder}))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** One text for all of them. */
export function licenseTexts(packages) {
  const line = `\n\n${'-'.repeat(80)}\n\n`
  return `hookctl carries the following packages.${line}${packages.map(text).join(line)}\n`
}

/** What the bundle is made of, for scanners: CycloneDX, with nothing in it that differs from build to build. */
export const billOfMaterials = ({name, version}, packages) => ({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  version: 1,
  metadata: {component: {type: 'application', name, version, purl: purl({name, version})}},
  components: packages.map(each => ({
    type: 'library',
    name: each.name,
    version: each.version,
    purl: purl(each),
    ...(typeof each.license === 'string' ? {licenses: [{expression: each.license}]} : {}),
  })),
})

const purl = ({name, version}) => `pkg:npm/${name.replace(/^@/, '%40')}@${version}`
