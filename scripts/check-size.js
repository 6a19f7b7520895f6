// What a user downloads: one package, no dependencies, small. Run after a build.
import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import process from 'node:process'

const limitBytes = 2.5 * 1024 * 1024
const packed = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {encoding: 'utf8'})
const report = JSON.parse(packed.stdout)
const [entry] = Array.isArray(report) ? report : Object.values(report)
const {dependencies = {}} = JSON.parse(readFileSync('package.json', 'utf8'))

console.log(`package: ${(entry.size / 1024).toFixed(0)} KiB packed, ${entry.entryCount} files`)
if (entry.size > limitBytes) {
  console.error(`over budget: ${entry.size} bytes packed, at most ${limitBytes}`)
  process.exitCode = 1
}
if (Object.keys(dependencies).length > 0) {
  console.error(`the package must bring everything itself, but depends on ${Object.keys(dependencies).join(', ')}`)
  process.exitCode = 1
}
