// What makes the bundle start sooner than what its packages are as they come; each fails the build where it no longer fits.
import path from 'node:path'
import process from 'node:process'
import {fileURLToPath, pathToFileURL} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

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
  if (rendered.includes('<%')) throw new Error('help has no word for this, look at scripts/build-plugins.js: ' + text)
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
export function lighterOclif() {
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
        this.error(`oclif has changed, look at scripts/build-plugins.js: not found ${[...missing].join(', ')}`)
    },
  }
}

/** Modules that hold nothing but values, which are worked out here once and not at every start. */
const VALUES = ['src/api/routes.ts', 'src/cli/command-names.ts']

export function valuesAtBuild() {
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
export function quickBuiltins() {
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
      if (left !== null) this.error(`cannot be asked for by a call, look at scripts/build-plugins.js: ${left[0]}`)
      return quick
    },
  }
}

/**
 * Every other character than those of ASCII becomes an escape: one of them in a file, and V8 holds all of it in two bytes
 * a character, which costs a list command a twentieth of its time.
 */
export function asciiOnly() {
  const escaped = character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  return {
    name: 'ascii-only',
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue
        // Behind a backslash, or where escapes are not read, it would be another text.
        const other = /\\[\u0080-\uffff]|String\.raw`[^`]*[\u0080-\uffff]/.exec(chunk.code)
        if (other !== null) this.error(`cannot be written in ASCII, look at scripts/build-plugins.js: ${other[0]}`)
        chunk.code = chunk.code.replaceAll(/[\u0080-\uffff]/g, escaped)
      }
    },
  }
}
