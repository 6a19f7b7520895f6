// The redis-server of this machine, with its log of appends on.
import {spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync} from 'node:fs'
import net from 'node:net'
import path from 'node:path'

export const hasRedis = () => spawnSync('redis-server', ['--version']).status === 0

/** @param {'everysec' | 'always'} sync when what was appended is brought to the disk */
export async function startRedis(folder, sync) {
  const dir = path.join(folder, `redis-${sync}`)
  mkdirSync(dir)
  const port = await freePort()
  const settings = {port, bind: '127.0.0.1', dir, save: '', appendonly: 'yes', appendfsync: sync}
  const argv = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
  const child = spawn('redis-server', argv, {stdio: ['ignore', 'pipe', 'inherit']})
  for await (const chunk of child.stdout) if (/Ready to accept connections/.test(chunk)) break
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address()
  server.close()
  await once(server, 'close')
  return port
}
