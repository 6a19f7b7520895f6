#!/usr/bin/env node
// Must parse on any Node, and say so on one that is too old: no top-level await, nothing new before the check.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 15)) {
  process.stderr.write(
    `hookctl needs Node.js 24.15 or newer; this is ${process.version} (${process.execPath}).\n` +
      'In a checkout: run "npm ci" once, then "npx hookctl".\n',
  )
  process.exit(78)
}

// Not imported: Node reads every export of what is, and so loads a fifth more than it needs.
const {existsSync, mkdirSync, readFileSync} = process.getBuiltinModule('node:fs')
const module = process.getBuiltinModule('node:module')
const {homedir, userInfo} = process.getBuiltinModule('node:os')
const path = process.getBuiltinModule('node:path')
const util = process.getBuiltinModule('node:util')

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

// Empty it would be the folder one is in; and Node, asked by whatever is loaded, throws where the account has none.
if (!process.env.HOME && process.platform !== 'win32') process.env.HOME = homeOfAccount()

const argv = process.argv.slice(2)
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  const {version} = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  process.stdout.write(`hookctl/${version} ${process.platform}-${process.arch} node-${process.version}\n`)
} else if (argv[0] === 'complete' && argv[1] === '--shell') {
  useCompileCache()
  import('../dist/completion.js').then(completion => completion.answerCompletion(argv, new URL('..', import.meta.url)))
} else {
  useCompileCache()
  import('../dist/main.js').then(main => main.main(argv))
}

// The root where there is none, as of a number without a name: nothing can be written there.
function homeOfAccount() {
  try {
    return userInfo().homedir || '/'
  } catch {
    return '/'
  }
}

// In a folder of the user's own: the default is shared by everybody on the machine.
function useCompileCache() {
  if (!module.enableCompileCache || process.env.NODE_V8_COVERAGE) return
  const {XDG_CACHE_HOME = ''} = process.env
  const caches = path.isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : path.join(homedir(), '.cache')
  try {
    const umask = process.umask(0o077)
    module.enableCompileCache(made(path.join(caches, 'hookctl', 'compile')))
    process.umask(umask)
  } catch {
    // Starts a little slower.
  }
}

// One by one: asked for all at once Node tries for ever in places like /proc.
function made(folder) {
  if (!existsSync(folder)) {
    made(path.dirname(folder))
    mkdirSync(folder, {mode: 0o700})
  }
  return folder
}
