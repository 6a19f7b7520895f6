// Adds to package-lock.json what `npm install` leaves out when the registry it asks does not carry a binary for another
// platform: without an entry for every optional package, `npm ci` refuses the lock on every machine.
import {readFileSync, writeFileSync} from 'node:fs'
import process from 'node:process'
import {fileURLToPath} from 'node:url'

const lockFile = fileURLToPath(new URL('../package-lock.json', import.meta.url))

const systems = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32', 'aix']
const processors = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el', 'wasm32']

/** For which machines a binary is, read off its name: `@biomejs/cli-linux-x64-musl`. */
function platformOf(name) {
  const words = name.split('/').at(-1).split(/[-.]/)
  const os = systems.filter(system => words.includes(system))
  const cpu = processors.filter(processor => words.includes(processor))
  const libc = words.includes('musl') ? ['musl'] : words.includes('gnu') ? ['glibc'] : []
  return {
    ...(cpu.length > 0 ? {cpu} : {}),
    ...(libc.length > 0 ? {libc} : {}),
    ...(os.length > 0 ? {os} : {}),
  }
}

/** Where Node looks for what a package at `place` imports, nearest first: in itself, beside it, beside its parents. */
function shelves(place) {
  const parts = place.split('node_modules/').slice(0, -1)
  const above = parts.map((_, depth) => `${parts.slice(0, depth + 1).join('node_modules/')}node_modules/`)
  return [`${place}/node_modules/`, ...above.reverse()]
}

/** Optional packages that are named and cannot be found from the one that names them, as entries. */
export function missingEntries(lock) {
  const packages = {...lock.packages}
  const added = {}
  for (const [place, {optionalDependencies = {}}] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const found = shelves(place).find(shelf => `${shelf}${name}` in packages)
      // Ranges are of packages for every platform; what is there fits them, npm saw to that.
      if (found !== undefined && (packages[`${found}${name}`].version === version || !/^\d/.test(version))) continue
      const shelf = found === undefined ? shelves(place).at(-1) : `${place}/node_modules/`
      added[`${shelf}${name}`] = {version, ...platformOf(name), dev: true, optional: true}
      packages[`${shelf}${name}`] = added[`${shelf}${name}`]
    }
  }
  return added
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lock = JSON.parse(readFileSync(lockFile, 'utf8'))
  const missing = missingEntries(lock)
  const packages = Object.entries({...lock.packages, ...missing}).sort(([a], [b]) => (a < b ? -1 : 1))
  writeFileSync(lockFile, `${JSON.stringify({...lock, packages: Object.fromEntries(packages)}, null, 2)}\n`)
  console.log(`added ${Object.keys(missing).length} entries`)
}
