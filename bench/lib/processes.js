// The processes a benchmark starts: receivers, servers of the built program, commands.
import {spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import process from 'node:process'
import {createInterface} from 'node:readline'
import {setTimeout as wait} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'

export const hookctl = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
export const organization = '/v1/organizations/default'

/** A folder that is gone when the function is over. */
export async function inFolder(work) {
  const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-bench-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}

/** Nothing of the user's own configuration and state. */
export const environment = folder => ({
  PATH: process.env.PATH,
  HOME: folder,
  XDG_STATE_HOME: path.join(folder, 'state'),
  XDG_CONFIG_HOME: path.join(folder, 'config'),
  XDG_CACHE_HOME: path.join(folder, 'cache'),
})

/** Another program of bench/lib; it says its port on its first line. */
export async function startHelper(file, argv = [], env = {}) {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, file), ...argv], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {...process.env, ...env},
  })
  const lines = createInterface({input: child.stdout})
  const nextLine = async () => (await once(lines, 'line'))[0]
  const urls = (await nextLine()).split(' ').map(port => `http://127.0.0.1:${port}`)
  return {
    url: urls[0],
    /** One for each of its ports. */
    urls,
    pid: child.pid,
    /** Its answer to a line. */
    ask(line = '') {
      child.stdin.write(`${line}\n`)
      return nextLine()
    },
    stop: () => child.kill(),
  }
}

/** @param {{delayMs?: number, ports?: number}} options how long it thinks about each request; on how many ports it listens */
export const startReceiver = ({delayMs = 0, ports = 1} = {}) =>
  startHelper('receiver.js', [String(delayMs), String(ports)])

/** Nothing but POSTs of so many events, 50 in flight: requests a second, and the time of a processor they took in all. */
export function bareLoop({url}, count, {secret} = {}) {
  const file = path.join(import.meta.dirname, 'bare-loop.js')
  const argv = [file, url, String(count), ...(secret === undefined ? [] : [secret])]
  const {status, stdout, stderr} = spawnSync(process.execPath, argv, {encoding: 'utf8'})
  if (status !== 0) throw new Error(`the bare loop ended with ${status}: ${stderr}`)
  return JSON.parse(stdout)
}

/**
 * A server on a store, with a function that asks it. `around` is what the command stands behind: a tracer, or nothing.
 *
 * @param {{folder: string, store?: string, flags?: string[], env?: object, around?: string[]}} options
 */
export async function startServer({
  folder,
  store = path.join(folder, 'hookctl.db'),
  flags = [],
  env = {},
  around = [],
}) {
  const argv = [...around, process.execPath, hookctl, 'serve', '--store', store, '--listen', '127.0.0.1:0', '--json']
  const child = spawn(argv[0], [...argv.slice(1), ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {...environment(folder), ...env},
  })
  const gone = once(child, 'exit')
  const ended = gone.then(([code]) => Promise.reject(new Error(`serve ended with ${code} before it was there`)))
  ended.catch(() => {})
  const [line] = await Promise.race([once(createInterface({input: child.stdout}), 'line'), ended])
  const {url} = JSON.parse(line)
  const {token, pid} = credentialsOf(store) ?? {token: newToken(folder, store), pid: child.pid}
  return {
    url,
    token,
    pid,
    api: askerOf(url, token),
    async stop(signal = 'SIGTERM') {
      process.kill(pid, signal)
      await gone
    },
  }
}

/** Of the server itself, not of a tracer around it; null on a store that is no file. */
function credentialsOf(store) {
  const beside = `${store}.server.json`
  return existsSync(beside) ? JSON.parse(readFileSync(beside, 'utf8')) : null
}

function newToken(folder, store) {
  const {stdout, stderr} = runCommand({folder, store}, ['token', 'create', 'bench', '--scope', 'admin', '--json'])
  if (stdout === '') throw new Error(`no token: ${stderr}`)
  return JSON.parse(stdout).value
}

const askerOf =
  (url, token) =>
  async (method, resource, body, type = 'application/json') => {
    const response = await fetch(`${url}${resource}`, {
      method,
      headers: {authorization: `Bearer ${token}`, ...(body === undefined ? {} : {'content-type': type})},
      ...(body === undefined ? {} : {body: typeof body === 'string' ? body : JSON.stringify(body)}),
    })
    if (!response.ok) throw new Error(`${method} ${resource}: ${response.status} ${await response.text()}`)
    return response.json()
  }

/** One run of the command line on a store, whatever it answers. */
export const runCommand = ({folder, store}, argv) =>
  spawnSync(process.execPath, [hookctl, ...argv, '--store', store], {
    env: environment(folder),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })

/** Asks again until nothing is owed. An answer is work for the server: the next is asked for when half of the rest may be done. */
export async function untilDrained(api) {
  const startedAt = performance.now()
  let first = null
  for (;;) {
    const {deliveries} = await api('GET', `${organization}/status`)
    if (deliveries.unfinished === 0) return
    first ??= deliveries.unfinished
    const perMs = (first - deliveries.unfinished) / (performance.now() - startedAt)
    await wait(Math.min(1000, Math.max(20, perMs > 0 ? deliveries.unfinished / perMs / 2 : 50)))
  }
}

/** The time of a processor that a process has taken so far, with all its threads, in ms; null where the system does not say. */
export function cpuMsOf(pid) {
  const file = `/proc/${pid}/stat`
  if (!existsSync(file)) return null
  const fields = readFileSync(file, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  // Ticks of a hundredth of a second, in user code and in the system.
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** Memory of a process in MB: `VmRSS` now, `VmHWM` at its highest; null where the system does not say. */
export function memoryOf(pid, field) {
  const file = `/proc/${pid}/status`
  if (!existsSync(file)) return null
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(file, 'utf8'))[1]) / 1024
}
