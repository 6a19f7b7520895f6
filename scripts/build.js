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
import {fileURLToPath} from 'node:url'
import {asciiOnly, lighterOclif, quickBuiltins, valuesAtBuild} from './build-plugins.js'
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
    ['commands/**/*.ts', 'src/**/*.{ts,sql}', 'src/server/page/*', 'scripts/build*.js', 'package.json'],
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
