// Builds dist/ from the sources: one entry per command, what they share in chunks.
// Bundled because a start of the unbundled program costs about twice as much (bench/startup.js).
import {spawnSync} from 'node:child_process'
import {existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import {fileURLToPath} from 'node:url'
import {licenseTexts} from './licenses.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = path.join(root, 'dist')
const stamp = path.join(dist, '.built')

/** Every entry as {name in dist: source}: commands keep their path, because oclif finds them by it. */
function entries() {
  const commands = globSync('commands/**/*.ts', {cwd: root}).map(file => [file.replace(/\.ts$/, ''), file])
  return {main: 'src/main.ts', signature: 'src/signature/index.ts', ...Object.fromEntries(commands)}
}

/**
 * What oclif evaluates on every start and a built hookctl never uses: it always has its manifest, it sorts ids of plain
 * ASCII, and nobody sees its debug lines without DEBUG. Together about half of a bare Node start.
 */
const STUBS = {
  debug: `const quiet = () => Object.assign(() => {}, {enabled: false, extend: quiet})
module.exports = process.env.DEBUG ? require('debug') : quiet`,
  tinyglobby: "module.exports = {glob() { throw new Error('oclif.manifest.json is missing or of another version') }}",
  minimatch: "module.exports = {minimatch() { throw new Error('hookctl has no plugins') }}",
  lilconfig: "module.exports = {lilconfig() { throw new Error('hookctl is configured in package.json') }}",
  'wsl-utils': 'export const isWsl = false; export const powerShellPath = async () => "powershell.exe"',
}

const SLOW_SORT = 'a.id.localeCompare(b.id)'

/** Fails the build when oclif no longer has what is replaced: better there than in how hookctl behaves. */
function lighterOclif() {
  const missing = new Set([...Object.keys(STUBS), SLOW_SORT])
  return {
    name: 'lighter-oclif',
    resolveId: {
      order: 'pre',
      handler(source, importer) {
        if (!(source in STUBS) || !importer?.includes('/@oclif/core/')) return null
        missing.delete(source)
        return `\0light-${source}.${source === 'wsl-utils' ? 'mjs' : 'cjs'}`
      },
    },
    load(id) {
      const name = /^\0light-(.*)\.[cm]js$/.exec(id)?.[1]
      return name === undefined ? null : STUBS[name]
    },
    transform(code, id) {
      if (!id.endsWith('/@oclif/core/lib/config/plugin.js') || !code.includes(SLOW_SORT)) return null
      missing.delete(SLOW_SORT)
      // The first localeCompare of a process loads the collation tables.
      return code.replace(SLOW_SORT, '(a.id < b.id ? -1 : a.id > b.id ? 1 : 0)')
    },
    buildEnd() {
      if (missing.size > 0)
        this.error(`oclif has changed, look at scripts/build.js: not found ${[...missing].join(', ')}`)
    },
  }
}

export async function build() {
  const {rolldown} = await import('rolldown')
  const fresh = `${dist}.${process.pid}`
  const bundle = await rolldown({
    cwd: root,
    input: entries(),
    platform: 'node',
    external: [/^node:/, 'pg-native'],
    plugins: [lighterOclif()],
    logLevel: 'warn',
  })
  const {output} = await bundle.write({
    dir: fresh,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    sourcemap: false,
  })
  await bundle.close()
  writeFileSync(path.join(fresh, 'THIRD-PARTY-LICENSES.txt'), licenseTexts(output))
  declareTypes(path.join(fresh, 'types', 'signature'))
  writeFileSync(path.join(fresh, 'package.json'), '{"type": "module"}\n')
  writeFileSync(path.join(fresh, '.built'), '')
  // Swapped in whole: a command that runs meanwhile finds the old build or the new one, not half of each.
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
  const sources = globSync(['commands/**/*.ts', 'src/**/*.{ts,sql}', 'scripts/build.js', 'package.json'], {cwd: root})
  const newest = Math.max(...sources.map(file => statSync(path.join(root, file)).mtimeMs))
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= newest) return false
  await build()
  return true
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const ifPossible = process.argv.includes('--if-possible')
  const possible = existsSync(path.join(root, 'node_modules/rolldown'))
  // `npm ci --omit=dev` runs `prepare` too, without the tools to build.
  if (possible) await build()
  else if (!ifPossible) {
    console.error('rolldown is not installed: run "npm ci" first')
    process.exit(1)
  }
}
