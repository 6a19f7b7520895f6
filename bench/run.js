// Runs every benchmark in turn: `npm run bench`, or `npm run bench -- startup` for one.
import {spawnSync} from 'node:child_process'
import {globSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'

const folder = import.meta.dirname
const wanted = process.argv.slice(2).filter(word => !word.startsWith('-'))
const options = process.argv.slice(2).filter(word => word.startsWith('-'))
const all = globSync('*.js', {cwd: folder})
  .map(file => path.basename(file, '.js'))
  .filter(name => name !== 'run' && name !== 'receiver')

const unknown = wanted.filter(name => !all.includes(name))
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are: ${all.join(', ')}`)
  process.exit(2)
}
for (const name of wanted.length > 0 ? wanted : all) {
  const {status} = spawnSync(process.execPath, [path.join(folder, `${name}.js`), ...options], {stdio: 'inherit'})
  if (status !== 0) process.exitCode = 1
}
