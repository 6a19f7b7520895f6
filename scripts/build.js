// Builds dist/ from the sources: one entry per command, what they share in chunks.
// Bundled because a start of the unbundled program costs about twice as much (bench/startup.js).
import {spawnSync} from 'node:child_process'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {billOfMaterials, bundledPackages, licenseTexts} from './licenses.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = path.join(root, 'dist')
const stamp = path.join(dist, '.built')

/** Every entry as {name in dist: source}: commands keep their path, because oclif finds them by it. */
function entries() {
  const commands = globSync('commands/**/*.ts', {cwd: root}).map(file => [file.replace(/\.ts$/, ''), file])
  return {
    main: 'src/main.ts',
    completion: 'src/completion/answer.ts',
    'store-thread': 'src/store/sqlite/thread/main.ts',
    signature: 'src/signature/index.ts',
    ...Object.fromEntries(commands),
  }
}

/**
 * What oclif loads on every start and a built hookctl never uses, by the file that asks for it: its commands are found by
 * their files and its help is asked for by name, it always has its manifest, and nobody sees its debug lines without DEBUG.
 */
const STUBS = {
  'command.js ./config': `exports.Config = class { static load() { throw new Error('hookctl finds its commands itself') } }`,
  'flags.js ./help': 'exports.Help = class {}',
  'errors/handle.js ../help/index': 'exports.Help = class {}',
  // Asked for where stderr is a terminal, as a module with a default.
  'ux/index.js ./action/spinner': 'exports.__esModule = true; exports.default = class { start() {} stop() {} }',
  'help/util.js ejs': `exports.render = (text, {config, command}) => {
  const rendered = text.replaceAll('<%= config.bin %>', config.bin).replaceAll('<%= command.id %>', command?.id)
  if (rendered.includes('<%')) throw new Error('help has no word for this, look at scripts/build.js: ' + text)
  return rendered
}`,
  'config/config.js ejs': "exports.render = () => { throw new Error('oclif is asked for no URLs') }",
  'logger.js debug': `const quiet = () => Object.assign(() => {}, {enabled: false, extend: quiet})
module.exports = process.env.DEBUG ? require('debug') : quiet`,
  'config/plugin.js tinyglobby':
    "module.exports = {glob() { throw new Error('oclif.manifest.json is missing or of another version') }}",
  'config/plugin-loader.js minimatch': "module.exports = {minimatch() { throw new Error('hookctl has no plugins') }}",
  'util/read-pjson.js lilconfig':
    "module.exports = {lilconfig() { throw new Error('hookctl is configured in package.json') }}",
  'supports-color/index.js tty': 'exports.isatty = fd => (fd === 1 ? process.stdout : process.stderr).isTTY === true',
  'util/os.js wsl-utils': 'export const isWsl = false; export const powerShellPath = async () => "powershell.exe"',
}

/** In oclif's files: what costs at every start, and what does the same for less. */
const REPLACED = [
  // The first localeCompare of a process loads the collation tables.
  {file: 'config/plugin.js', text: 'a.id.localeCompare(b.id)', by: '(a.id < b.id ? -1 : a.id > b.id ? 1 : 0)'},
  // Asked for by flags that name files, and by texts from stdin; hookctl has its own ways for both.
  {
    file: 'util/fs.js',
    text: 'const promises_1 = require("node:fs/promises")',
    by: 'const promises_1 = {get stat() { return process.getBuiltinModule("node:fs/promises").stat }, get readFile() { return process.getBuiltinModule("node:fs/promises").readFile }}',
  },
  {
    file: 'parser/parse.js',
    text: 'const node_readline_1 = require("node:readline")',
    by: 'const node_readline_1 = {get createInterface() { return process.getBuiltinModule("node:readline").createInterface }}',
  },
]

/** Fails the build when oclif no longer has what is replaced: better there than in how hookctl behaves. */
function lighterOclif() {
  const missing = new Set([...Object.keys(STUBS), ...REPLACED.map(({text}) => text)])
  return {
    name: 'lighter-oclif',
    resolveId: {
      order: 'pre',
      handler(source, importer) {
        const place = importer?.split(/\/@oclif\/core\/lib\/|\/node_modules\/(?!@oclif\/core\/lib\/)/).at(-1)
        const stub = `${place} ${source}`
        if (!(stub in STUBS)) return null
        missing.delete(stub)
        return `\0light/${encodeURIComponent(stub)}.${STUBS[stub].startsWith('export const') ? 'mjs' : 'cjs'}`
      },
    },
    load(id) {
      const name = /^\0light\/(.*)\.[cm]js$/.exec(id)?.[1]
      return name === undefined ? null : STUBS[decodeURIComponent(name)]
    },
    transform(code, id) {
      const found = REPLACED.find(({file, text}) => id.endsWith(`/@oclif/core/lib/${file}`) && code.includes(text))
      if (found === undefined) return null
      missing.delete(found.text)
      return code.replace(found.text, found.by)
    },
    buildEnd() {
      if (missing.size > 0)
        this.error(`oclif has changed, look at scripts/build.js: not found ${[...missing].join(', ')}`)
    },
  }
}

/** Modules that hold nothing but values, which are worked out here once and not at every start. */
const VALUES = ['src/api/routes.ts', 'src/cli/command-names.ts']

function valuesAtBuild() {
  return {
    name: 'values-at-build',
    async load(id) {
      if (!VALUES.some(file => id === path.join(root, file))) return null
      const members = Object.entries(await import(pathToFileURL(id).href))
      return members.map(([name, value]) => `export const ${name} = ${JSON.stringify(value)}`).join('\n')
    },
  }
}

const CALLED = new Set(['node:crypto', 'node:zlib'])

/** Classes and values are not: `new` on what asks later would throw. */
const isCalled = (builtin, name) => /^[a-z]/.test(name) && typeof process.getBuiltinModule(builtin)[name] === 'function'

/** `{createHash as hash}` as functions that ask for the module when they are called. */
const calls = (members, builtin) =>
  members
    .slice(1, -1)
    .split(',')
    .map(member => member.trim().split(/\s+as\s+/))
    .filter(([name]) => name !== '')
    .map(([name, as = name]) =>
      isCalled(builtin, name)
        ? `const ${as} = (...given) => process.getBuiltinModule("${builtin}").${name}(...given);`
        : `const {${name}: ${as}} = process.getBuiltinModule("${builtin}");`,
    )
    .join(' ')

const BUILTIN = /^import\s+(?:(\* as )?([\w$]+))?(?:\s*,\s*)?(\{[^}]*\})?\s*from "(node:[\w/]+)";$/gm

/**
 * Node's own modules, asked for by a call instead of an import: for an import Node reads every export there is, and so
 * loads streams with node:fs and half of WebCrypto with node:crypto. Together about a fifth of a bare Node start.
 *
 * Of CALLED mostly functions are imported, and few commands call them: each asks for the module when it is called.
 */
function quickBuiltins() {
  const constant = (_, _star, name, members, builtin) => {
    if (CALLED.has(builtin) && name === undefined) return calls(members, builtin)
    const value = `process.getBuiltinModule("${builtin}")`
    const names = [name, members?.replaceAll(/\s+as\s+/g, ': ')].filter(
      each => each !== undefined && each !== 'process',
    )
    return names.map(each => `const ${each} = ${value};`).join(' ')
  }
  return {
    name: 'quick-builtins',
    renderChunk(code) {
      const quick = code.replaceAll(BUILTIN, constant)
      const left = /^(?:import|export)\b[^;]*from "node:[^"]*"/m.exec(quick)
      if (left !== null) this.error(`cannot be asked for by a call, look at scripts/build.js: ${left[0]}`)
      return quick
    },
  }
}

/**
 * Every other character than those of ASCII becomes an escape: one of them in a file, and V8 holds all of it in two bytes
 * a character, which costs a list command a twentieth of its time.
 */
function asciiOnly() {
  const escaped = character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  return {
    name: 'ascii-only',
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue
        // Behind a backslash, or where escapes are not read, it would be another text.
        const other = /\\[\u0080-\uffff]|String\.raw`[^`]*[\u0080-\uffff]/.exec(chunk.code)
        if (other !== null) this.error(`cannot be written in ASCII, look at scripts/build.js: ${other[0]}`)
        chunk.code = chunk.code.replaceAll(/[\u0080-\uffff]/g, escaped)
      }
    },
  }
}

/**
 * What is always loaded together, each with all that it imports and the ones above do not have: every file costs a start
 * about as much to find and link as a hundred lines cost to run.
 */
const TOGETHER = [
  ['signature', 'src/signature/index.ts'],
  ['completion', 'src/completion/answer.ts'],
  ['main', 'src/main.ts'],
  ['command', 'src/cli/base-command.ts', 'src/cli/flags.ts'],
  ['local', 'src/embedded.ts', 'src/store/sqlite/store.ts', 'src/api/parse.ts', 'src/api/load-operation.ts'],
].map(([name, ...files], index, all) => {
  const wanted = new Set(files.map(file => realpathSync(path.join(root, file))))
  return {name, test: id => wanted.has(id), priority: all.length - index}
})

export async function build() {
  const {rolldown} = await import('rolldown')
  const fresh = `${dist}.${process.pid}`
  const bundle = await rolldown({
    cwd: root,
    input: entries(),
    platform: 'node',
    external: [/^node:/, 'pg-native'],
    plugins: [lighterOclif(), valuesAtBuild(), quickBuiltins(), asciiOnly()],
    // Failpoints are for tests of the sources: what is published has none.
    transform: {define: {'globalThis.hookctlFailpoint': 'undefined'}},
    logLevel: 'warn',
    // What one command asks for late, another has from the start: each is told of as a mistake.
    checks: {ineffectiveDynamicImport: false},
  })
  const {output} = await bundle.write({
    dir: fresh,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    sourcemap: false,
    // Names stay, for the stack that --debug shows.
    minify: {mangle: false, compress: true, codegen: true},
    codeSplitting: {groups: TOGETHER},
  })
  await bundle.close()
  // Files as they are, where the chunk that serves them looks: beside itself.
  cpSync(path.join(root, 'src/server/page'), path.join(fresh, 'chunks/page'), {
    recursive: true,
    filter: file => !file.endsWith('tsconfig.json'),
  })
  const packages = bundledPackages(output)
  const own = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  writeFileSync(path.join(fresh, 'THIRD-PARTY-LICENSES.txt'), licenseTexts(packages))
  writeFileSync(path.join(fresh, 'sbom.cdx.json'), `${JSON.stringify(billOfMaterials(own, packages), null, 2)}\n`)
  declareTypes(path.join(fresh, 'types', 'signature'))
  writeFileSync(path.join(fresh, 'package.json'), '{"type": "module"}\n')
  writeFileSync(path.join(fresh, '.built'), '')
  swapIn(fresh)
}

/** In whole: a command that runs meanwhile finds the old build or the new one, not half of each. */
function swapIn(fresh) {
  const old = `${dist}.old.${process.pid}`
  mkdirSync(dist, {recursive: true})
  renameSync(dist, old)
  renameSync(fresh, dist)
  rmSync(old, {recursive: true, force: true})
}

/** The types of `hookctl/signature`, for whoever imports it. */
function declareTypes(folder) {
  const options = ['--ignoreConfig', '--declaration', '--emitDeclarationOnly', '--outDir', folder, '--types', 'node']
  const language = [
    '--target',
    'es2024',
    '--module',
    'nodenext',
    '--strict',
    '--skipLibCheck',
    '--allowImportingTsExtensions',
  ]
  const compiler = path.join(root, 'node_modules/.bin/tsc')
  const {status, stdout} = spawnSync(compiler, ['src/signature/index.ts', ...options, ...language], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the types of hookctl/signature cannot be made:\n${stdout}`)
  for (const file of globSync('**/*.d.ts', {cwd: folder})) {
    const place = path.join(folder, file)
    // Compilers older than ours do not look for x.d.ts where ./x.ts is written.
    writeFileSync(place, readFileSync(place, 'utf8').replaceAll(/(from '\.[^']*)\.ts'/g, "$1.js'"))
  }
}

/** Builds when any source is newer than the last build. Answers whether it built. */
export async function buildIfStale() {
  const sources = globSync(
    ['commands/**/*.ts', 'src/**/*.{ts,sql}', 'src/server/page/*', 'scripts/build.js', 'package.json'],
    {cwd: root},
  )
  const newest = Math.max(...sources.map(file => statSync(path.join(root, file)).mtimeMs))
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= newest) return false
  await build()
  return true
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const ifPossible = process.argv.includes('--if-possible')
  const possible = existsSync(path.join(root, 'node_modules/rolldown'))
  // `npm ci --omit=dev` runs `postprepare` too, without the tools to build.
  if (possible) await build()
  else if (!ifPossible) {
    console.error('rolldown is not installed: run "npm ci" first')
    process.exit(1)
  }
}
