// The licence texts of everything the bundle carries: they must go where the code goes.
import {existsSync, globSync, readFileSync} from 'node:fs'
import path from 'node:path'

/** `…/node_modules/@scope/name` of a module's path; undefined for our own modules. */
const packageFolder = id => /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id.replace(/^\0/, '').split('?')[0])?.[1]

function text(folder) {
  const {name, version, license} = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
  const files = globSync('{LICENSE,LICENCE,license,licence,License,NOTICE}*', {cwd: folder}).sort()
  const texts = files.map(file => readFileSync(path.join(folder, file), 'utf8').trim())
  return {name, text: [`${name} ${version} (${license ?? 'see below'})`, ...texts].join('\n\n')}
}

/** One text for all packages whose modules stand in the chunks of a bundle, by name. */
export function licenseTexts(chunks) {
  const folders = new Set(chunks.flatMap(chunk => chunk.moduleIds ?? []).map(packageFolder))
  const found = [...folders]
    .filter(folder => folder !== undefined && existsSync(path.join(folder, 'package.json')))
    .map(text)
  const line = `\n\n${'-'.repeat(80)}\n\n`
  const sorted = found.sort((a, b) => (a.name < b.name ? -1 : 1)).map(each => each.text)
  return `hookctl carries the following packages.${line}${sorted.join(line)}\n`
}
