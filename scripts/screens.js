// Makes docs/screens.md: what status, stats, delivery tail and a replay look like on a terminal, taken from tmux while a server
// delivers to a receiver that is partly ill. Ids, paths, ports and names of the machine are replaced; times are those of
// the run. Run after a build: npm run screens.
import {execFile, execFileSync, spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import {hostname, tmpdir} from 'node:os'
import path from 'node:path'
import process from 'node:process'
import {setTimeout} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-screens-'))
const store = path.join(folder, 'hookctl.db')
const socket = path.join(folder, 'tmux')
const env = {
  PATH: `${folder}:${process.env.PATH}`,
  HOME: folder,
  HOOKCTL_STORE: `sqlite:${store}`,
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
  TZ: 'UTC',
  PS1: '$ ',
}

if (spawnSync('tmux', ['-V']).status !== 0) {
  console.error('tmux is not installed: apt-get install tmux')
  process.exit(1)
}
writeFileSync(
  path.join(folder, 'hookctl'),
  `#!/bin/sh\nexec '${process.execPath}' '${path.join(root, 'bin/run.js')}' "$@"\n`,
)
chmodSync(path.join(folder, 'hookctl'), 0o755)

const runFile = promisify(execFile)

/** What a command says. Its exit code is not looked at: a status that is not well ends with 7. */
async function hookctl(...args) {
  const {stdout} = await runFile('hookctl', [...args, '--json'], {env}).catch(error => error)
  return JSON.parse(stdout)
}

/** cmdb is quick, chat is slow, siem refuses every other request until it is mended, oncall refuses all. */
const receiver = createServer((request, response) => {
  const seen = (counts[request.url] ?? 0) + 1
  counts[request.url] = seen
  const isRefused = request.url === '/oncall' || (request.url === '/siem' && !isMended && seen % 2 === 0)
  // Spread by a rule and not by chance, so that two runs look alike.
  const delayMs = request.url === '/chat' ? 90 + ((seen * 37) % 160) : 3 + ((seen * 7) % 25)
  request.resume().on('end', async () => {
    await setTimeout(delayMs)
    response.writeHead(isRefused ? 503 : 204, isRefused ? {'content-type': 'application/json'} : {})
    response.end(isRefused ? '{"error": "index is read-only", "node": "siem-2"}\n' : undefined)
  })
})
const counts = {}
let isMended = false

const EVENTS = 60

async function furnish(url) {
  for (const name of ['cmdb', 'chat', 'siem', 'oncall']) {
    const event = name === 'oncall' ? 'node.removed' : '*'
    const how = ['--platform', 'catalyst', '--allow-http', '--retry', 'manual', '--event', event]
    await hookctl('webhook', 'create', '--name', name, '--url', `${url}/${name}`, ...how)
  }
  const types = ['node.added', 'node.added', 'node.removed', 'group.created']
  const lines = Array.from({length: EVENTS}, (_, at) =>
    JSON.stringify({type: types[at % types.length], data: {name: `db-${at}`, nebula_ip: `10.42.0.${at}`}}),
  )
  const file = path.join(folder, 'events.ndjson')
  writeFileSync(file, `${lines.join('\n')}\n`)
  await hookctl('event', 'send', '--ndjson', file)
  await until(async () => {
    const {data} = await hookctl('worker', 'queues')
    return data.every(({webhook, depth}) => depth === 0 || webhook === 'oncall')
  })
  await until(async () => (await hookctl('webhook', 'show', 'oncall')).health.failing)
}

async function until(isSo) {
  const endsAt = Date.now() + 60_000
  while (!(await isSo())) {
    if (Date.now() > endsAt) throw new Error(`not so after a minute: ${isSo}`)
    await setTimeout(100)
  }
}

const tmux = (...argv) =>
  execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...argv], {encoding: 'utf8', env, cwd: folder})

const screen = () => tmux('capture-pane', '-p')

async function shows(pattern) {
  await until(async () => pattern.test(screen()))
  return screen()
}

/** A fresh terminal of a size, with a command typed into it. */
async function typed(command, columns, rows) {
  tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), 'sh')
  await shows(/^[$#]\s*$/m)
  tmux('send-keys', '-l', `clear; ${command}\n`)
}

const leave = () => tmux('kill-session')

/** What it prints, to its end. */
async function printed(command, columns, rows) {
  await typed(`${command}; echo "(exit $?)"`, columns, rows)
  const text = await shows(/^\(exit \d+\)$/m)
  leave()
  return text.slice(0, text.search(/^\(exit/m))
}

async function tail() {
  await typed('hookctl delivery tail --webhook siem', 96, 20)
  await shows(new RegExp(`${EVENTS} shown`))
  // While somebody looks on, so that there are attempts of which more is known than of what was before.
  for (let at = 0; at < 6; at++) await hookctl('event', 'send', 'node.added', '--data', `{"name":"db-${EVENTS + at}"}`)
  await shows(new RegExp(`${EVENTS + 6} shown`))
  tmux('send-keys', 'f')
  await shows(/only failures/)
  tmux('send-keys', 'k', 'k')
  const list = await shows(/stopped at a line/)
  tmux('send-keys', 'Enter')
  await shows(/hookctl delivery show/)
  tmux('send-keys', 'G')
  const shown = await shows(/index is read-only/)
  leave()
  return {list, shown}
}

/** Half way: the bar, what was delivered, how long it takes. */
async function replay() {
  isMended = true
  const {count} = await hookctl('delivery', 'replay', '--failed', '--webhook', 'siem', '--dry-run')
  await typed(
    `hookctl delivery replay --failed --webhook siem --confirm ${count} --rate 5/s --wait; echo "(exit $?)"`,
    96,
    12,
  )
  const half = await shows(new RegExp(`\\b1[4-9]/${count}\\b.* left`))
  const done = await shows(/^\(exit 0\)$/m)
  leave()
  return {count, half: half.trim().split('\n').at(-1), done: done.slice(0, done.search(/^\(exit/m))}
}

const ids = new Map()

/** What is of this machine and this run, in other words of the same kind. */
function anonymous(text, ports) {
  const known = text
    .replaceAll(store, '~/.local/state/hookctl/hookctl.db')
    .replaceAll(/process \d+ on \S+/g, 'process 4711 on hooks-1')
    .replaceAll(hostname(), 'hooks-1')
    .replaceAll(/\b(?:dlv|evt|wh|att|rpl)_[0-9a-f]{32}\b/g, id => {
      if (!ids.has(id))
        ids.set(id, id.replace(/_.*/, `_0198c2f4a1b27c3d9e8f7a6b5c4d${(0x3e2f + ids.size).toString(16)}`))
      return ids.get(id)
    })
  return ports.reduce((so, [port, shown]) => so.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${shown}`), known)
}

const block = (...texts) => `\`\`\`text\n${texts.map(text => text.replace(/[ \n]+$/, '')).join('\n')}\n\`\`\`\n`

const server = spawn('hookctl', ['serve', '--listen', '127.0.0.1:0', '--json'], {
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  await once(receiver.listen(0, '127.0.0.1'), 'listening')
  const [line] = await once(server.stdout.setEncoding('utf8'), 'data')
  const port = receiver.address().port
  const ports = [
    [port, 9000],
    [new URL(JSON.parse(line).url).port, 8700],
  ]
  await furnish(`http://127.0.0.1:${port}`)
  const status = await printed('hookctl status', 96, 40)
  const stats = await printed('hookctl stats', 130, 40)
  const tailed = await tail()
  const replayed = await replay()
  const page = `# What it looks like

Four screens of a terminal, taken by \`npm run screens\` from a server that delivers to a receiver which is partly ill. What is
shown in colour there is text here; every word that a colour stands for is in it.

## status

Is all well, and if not, why and what to do. Ends with 7 where it is not; \`--watch\` draws it again and again.

${block('$ hookctl status', status)}
## stats

How much, how well, how fast: per webhook, event type, class of error or status, over time.

${block('$ hookctl stats', stats)}
## delivery tail

Every attempt as it happens, on the whole terminal. Here only failures are shown and the third from the end is chosen.

${block('$ hookctl delivery tail --webhook siem', tailed.list)}
Enter shows the delivery, here its end: the answer of the receiver. \`?\` tells every key with the command that does the same.

${block(tailed.shown)}
## Replay

After the receiver was mended, what failed is sent again at a pace. Half way:

${block(`$ hookctl delivery replay --failed --webhook siem --confirm ${replayed.count} --rate 5/s --wait`, replayed.half)}
And at the end:

${block(replayed.done)}`
  writeFileSync(path.join(root, 'docs/screens.md'), anonymous(page, ports))
} finally {
  spawnSync('tmux', ['-S', socket, 'kill-server'])
  server.kill('SIGTERM')
  await once(server, 'exit')
  receiver.close()
  receiver.closeAllConnections()
  rmSync(folder, {recursive: true, force: true})
}
