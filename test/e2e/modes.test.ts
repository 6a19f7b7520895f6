import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync, readdirSync, statSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import {fileURLToPath} from 'node:url'
import {expect, test} from 'vitest'
import {type Home, temporaryHome} from '../harness/cli.ts'

const bin = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** A shell with this umask, typing one command line after the other; `&` leaves one running until the end. */
async function typed(home: Home, umask: string, script: string): Promise<string> {
  const child = spawn('sh', ['-c', `umask ${umask}; set -e\n${script}`], {
    cwd: path.join(home.path, 'work'),
    env: {PATH: process.env.PATH, NODE: process.execPath, BIN: bin, ...home.env} as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (text += chunk))
  const [code] = await once(child, 'close')
  expect(code, text).toBe(0)
  return text
}

/** Everything in the folders of the user that hookctl has made, by its path there. */
function modes(folder: string): Record<string, string> {
  const found = readdirSync(folder, {recursive: true}).map(each => {
    const stats = statSync(path.join(folder, String(each)))
    return [String(each), `${stats.isDirectory() ? 'd' : '-'}${(stats.mode & 0o777).toString(8)}`]
  })
  return Object.fromEntries(found)
}

// What is listed while the server runs: the log, the shared memory and the file with its token are there only then.
const SCRIPT = `
  $NODE $BIN config set organization default
  $NODE $BIN webhook create --name ops --platform netbox --url http://127.0.0.1:65000/ --event 'dcim.site.*' >/dev/null
  $NODE $BIN store backup >/dev/null
  $NODE $BIN org create acme --store json:"$XDG_STATE_HOME/hookctl/hooks.json" >/dev/null
  $NODE $BIN serve --listen 127.0.0.1:0 --json > ready &
  until [ -s ready ]; do sleep 0.1; done
  $NODE $BIN status >/dev/null || true
  touch listed
  until [ -e seen ]; do sleep 0.1; done
  kill $!
  wait $! || true
`

test.each(['000', '022', '077'])(
  'E1: under umask %s everything hookctl makes is for its user only: configuration, stores, token, backup, cache',
  {timeout: 60_000},
  async umask => {
    await using home = temporaryHome()
    mkdirSync(path.join(home.path, 'work'))
    const {writeFileSync, existsSync} = await import('node:fs')
    const running = typed(home, umask, SCRIPT)
    const failed = running.catch(error => error)
    const found = await (async () => {
      while (!existsSync(path.join(home.path, 'work/listed'))) {
        const early = await Promise.race([failed, new Promise<null>(resolve => setTimeout(() => resolve(null), 100))])
        if (early !== null) throw early
      }
      return ['state', 'config', 'cache'].map(name => [name, modes(path.join(home.path, name))] as const)
    })()
    writeFileSync(path.join(home.path, 'work/seen'), '')
    await running
    const all = Object.fromEntries(
      found.flatMap(([name, each]) => Object.entries(each).map(([file, mode]) => [`${name}/${file}`, mode])),
    )
    const names = Object.keys(all)
    for (const expected of [
      /^config\/hookctl\/config\.json$/,
      /^state\/hookctl\/hookctl\.db$/,
      /^state\/hookctl\/hookctl\.db-wal$/,
      /^state\/hookctl\/hookctl\.db-shm$/,
      /^state\/hookctl\/hookctl\.db\.server\.json$/,
      /^state\/hookctl\/hookctl\.db\..*\.backup$/,
      /^state\/hookctl\/hooks\.json$/,
      /^cache\/hookctl\//,
    ]) {
      expect(
        names.some(name => expected.test(name)),
        `${expected} in ${names.join(' ')}`,
      ).toBe(true)
    }
    const open = Object.entries(all).filter(([, mode]) => mode !== 'd700' && mode !== '-600')
    expect(open).toEqual([])
  },
)
