#!/usr/bin/env node
// Must parse on any Node: no top-level await, no named import of a new API.
import {accessSync, constants, readFileSync} from 'node:fs'
import module from 'node:module'
import {homedir} from 'node:os'
import path from 'node:path'
import process from 'node:process'
import util from 'node:util'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 15)) {
  process.stderr.write(
    `hookctl needs Node.js 24.15 or newer; this is ${process.version} (${process.execPath}).\n` +
      'In a checkout: run "npm ci" once, then "npx hookctl".\n',
  )
  process.exit(78)
}

// `hookctl … | head -1` closes stdout early: the reader's right, not a failure.
const quit = error => {
  if (error.code === 'EPIPE') process.exit(process.exitCode || 0)
  const why = error.errno === undefined ? (error.code ?? error.message) : util.getSystemErrorMessage(error.errno)
  process.stderr.write(`hookctl: cannot write: ${why}\n`)
  process.exit(1)
}
process.stdout.on('error', quit)
// Nowhere is left to say it.
process.stderr.on('error', error => process.exit(process.exitCode || (error.code === 'EPIPE' ? 0 : 1)))

const argv = process.argv.slice(2)
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  const {version} = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  process.stdout.write(`hookctl/${version} ${process.platform}-${process.arch} node-${process.version}\n`)
} else {
  useCompileCache()
  import('../dist/main.js').then(main => main.main(argv))
}

// In a folder of the user's own: the default is shared by everybody on the machine. Where nothing can be written it is
// left alone: Node tries for ever to make a folder in places like /proc.
function useCompileCache() {
  if (!module.enableCompileCache || process.env.NODE_V8_COVERAGE) return
  const {XDG_CACHE_HOME} = process.env
  try {
    const home = XDG_CACHE_HOME || homedir()
    accessSync(home, constants.W_OK)
    module.enableCompileCache(path.join(home, ...(XDG_CACHE_HOME ? [] : ['.cache']), 'hookctl', 'compile'))
  } catch {
    // Starts a little slower.
  }
}
