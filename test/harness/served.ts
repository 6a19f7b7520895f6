import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import process from 'node:process'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface ServedOptions {
  /** The file of its store; configuration and state of others are looked for in the same folder. */
  readonly store: string
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** What starts it, with its arguments: a tracer. */
  readonly under?: readonly string[]
  /** Where the program is; the built one of these sources unless said. */
  readonly program?: string
}

/** `hookctl serve` in a process of its own, ready to take requests. */
export interface Served {
  readonly child: ChildProcess
  readonly url: URL
  readonly token: string
  /** Its log, so far. */
  readonly stderr: () => string
}

export async function startServed({
  store,
  flags = [],
  env = {},
  under = [],
  program = root,
}: ServedOptions): Promise<Served> {
  const argv = ['serve', '--store', store, '--listen', '127.0.0.1:0', '--json', ...flags]
  const [command, ...given] = [...under, process.execPath, path.join(program, 'bin/run.js'), ...argv]
  const home = path.dirname(store)
  const child = spawn(command!, given, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home, HOOKCTL_TOKEN: '', ...env},
  })
  let stderr = ''
  child.stderr!.on('data', chunk => {
    stderr += chunk
  })
  const lines = createInterface({input: child.stdout!})
  const ended = once(child, 'close').then(([code]) => {
    throw new Error(`serve ended with ${code} before it was ready: ${stderr}`)
  })
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string]
  ended.catch(() => {})
  const {url} = JSON.parse(line) as {url: string}
  const {token} = JSON.parse(readFileSync(`${store}.server.json`, 'utf8')) as {token: string}
  return {child, url: new URL(url), token, stderr: () => stderr}
}

export interface Posted {
  readonly status: number
  readonly body: string
}

/** A request with its token and a JSON body; rejects where the connection breaks. */
export function post({url, token}: Served, agent: http.Agent, resource: string, body: unknown): Promise<Posted> {
  const headers = {authorization: `Bearer ${token}`, 'content-type': 'application/json'}
  return new Promise((resolve, reject) => {
    const request = http.request(new URL(resource, url), {method: 'POST', agent, headers}, response => {
      const chunks: Buffer[] = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('end', () => resolve({status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString()}))
      response.on('error', reject)
    })
    request.on('error', reject)
    request.end(JSON.stringify(body))
  })
}
