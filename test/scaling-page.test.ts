import {readFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {parse} from 'yaml'
import {run} from './harness/cli.ts'

/** What docs/scaling.md hands out to be run as it stands. */

const page = readFileSync(path.join(import.meta.dirname, '../docs/scaling.md'), 'utf8')
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text]) => text!)

interface Service {
  readonly restart?: string
  readonly command?: string
  readonly depends_on?: Record<string, {readonly condition: string}>
  readonly healthcheck?: object
  readonly secrets?: readonly string[]
}

const compose = parse(blocks('yaml')[0]!, {merge: true}) as {
  readonly services: Record<string, Service>
  readonly secrets: Record<string, object>
}

test('every container of the compose file is started again, and those on the database wait until it is healthy', () => {
  const {database, server, worker, balancer} = compose.services
  for (const service of [database, server, worker, balancer]) expect(service!.restart).toBe('unless-stopped')
  expect(database!.healthcheck).toBeDefined()
  for (const service of [server, worker]) {
    expect(service!.depends_on).toEqual({database: {condition: 'service_healthy'}})
    for (const secret of service!.secrets!) expect(compose.secrets).toHaveProperty(secret)
  }
})

test('the load balancer asks for a name that the servers answer to, on the port they listen on', () => {
  const [haproxy] = blocks('haproxy')
  const {command} = compose.services.server!
  const [, host] = /--host-name (\S+)/.exec(command!)!
  const [, port] = /--listen 0\.0\.0\.0:(\d+)/.exec(command!)!
  expect(haproxy).toContain(`/healthz ver HTTP/1.1 hdr Host ${host}\n`)
  expect(haproxy).toContain(` server:${port} check`)
})

const units = blocks('ini')

test('both units are tried again for as long as the database is away, and are given the time of a stop', () => {
  expect(units.map(text => /hookctl (serve|worker run)/.exec(text)?.[1])).toEqual(['serve', 'worker run'])
  for (const unit of units) {
    const lines = unit.split('\n')
    expect(lines).toEqual(
      expect.arrayContaining(['StartLimitIntervalSec=0', 'Restart=on-failure', 'RestartSec=5', 'TimeoutStopSec=30']),
    )
    expect(lines.indexOf('StartLimitIntervalSec=0')).toBeLessThan(lines.indexOf('[Service]'))
  }
})

test('the commands of the page are commands, with flags that there are', async () => {
  const lines = [
    ...Object.values(compose.services).flatMap(({command}) => command ?? []),
    ...units.map(text => /ExecStart=\S+ hookctl (.*)/.exec(text)![1]!),
  ]
  expect(lines).toHaveLength(4)
  // It goes as far as the store, which is not there.
  for (const line of lines) {
    const argv = [
      ...line.replace('8700', '0').split(' '),
      '--store',
      'postgres://127.0.0.1:1/x?sslmode=never',
      '--json',
    ]
    const {exitCode, error} = await run(argv)
    expect({line, exitCode, code: error().code}).toEqual({line, exitCode: 2, code: 'bad_store'})
  }
})
