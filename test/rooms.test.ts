import {globSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'

/** Who may import whom. If a test here fails, move the code: do not widen the table. */
const rooms: Record<string, readonly string[]> = {
  errors: [],
  failpoint: [],
  signature: [],
  domain: [],
  platforms: ['domain', 'signature'],
  store: ['domain'],
  transport: ['domain'],
  api: ['domain'],
  services: ['api', 'domain', 'platforms', 'signature', 'store'],
  worker: ['domain', 'platforms', 'signature', 'store', 'services', 'transport'],
  server: ['api', 'services', 'worker', 'domain'],
  client: ['api', 'services', 'domain'],
  receiver: ['signature', 'platforms', 'domain'],
  embedded: ['errors', 'domain', 'platforms', 'signature', 'store', 'services', 'transport', 'worker', 'api', 'server'],
  cli: ['client', 'embedded', 'receiver', 'signature', 'api', 'domain'],
  completion: ['cli', 'domain', 'platforms', 'store'],
  main: ['cli'],
  commands: ['cli', 'api', 'completion', 'signature', 'domain'],
}

/** Composition needs a client to hand out; commands reach receiver, embedded and client through cli. */
const exceptions: Record<string, readonly string[]> = {
  embedded: ['client'],
}

const packages: Record<string, string> = {
  ajv: 'domain',
  'ajv-formats': 'domain',
  'node:sqlite': 'store',
  pg: 'store',
  undici: 'transport',
  zod: 'api',
  hono: 'server',
  '@hono/node-server': 'server',
  pino: 'server',
  ky: 'client',
  'eventsource-parser': 'client',
  chalk: 'cli',
  'cli-table3': 'cli',
  conf: 'cli',
  '@inquirer/prompts': 'cli',
}

const comments = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm
// A statement with `from`, a bare import, or a dynamic one; `export const x = 'text'` has no `from` before its text.
const importLine =
  /^\s*(?:import|export)\s[^'";=]*?\bfrom\s+['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm

interface Import {
  readonly file: string
  readonly target: string
}

function importsOf(file: string, text: string): Import[] {
  return [...text.replace(comments, '').matchAll(importLine)].map(match => ({
    file,
    target: (match[1] ?? match[2] ?? match[3]) as string,
  }))
}

function roomOf(file: string): string {
  const [top = '', second = ''] = file.split('/')
  return top === 'commands' ? 'commands' : second.replace(/\.ts$/, '')
}

function violation({file, target}: Import): string | null {
  const from = roomOf(file)
  if (!target.startsWith('.')) {
    const owner = packages[packageOf(target)]
    if (from === 'signature' && target !== 'node:crypto') return `${file} imports ${target}: signature is a leaf`
    return owner && owner !== from ? `${file} imports ${target}: only ${owner} may` : null
  }
  const to = roomOf(path.posix.join(path.posix.dirname(file), target))
  if (to === from) return null
  const allowed = [
    ...(rooms[from] ?? []),
    ...(exceptions[from] ?? []),
    ...(from === 'signature' ? [] : ['errors', 'failpoint']),
  ]
  return allowed.includes(to) ? null : `${file} imports ${target}: ${from} may not import ${to}`
}

const packageOf = (target: string): string =>
  target.startsWith('node:') ? target : target.split('/', target.startsWith('@') ? 2 : 1).join('/')

const files = globSync(['src/**/*.ts', 'commands/**/*.ts'])

test('every import goes the way the house allows', () => {
  const found = files.flatMap(file => importsOf(file, readFileSync(file, 'utf8'))).map(violation)
  expect(found.filter(text => text !== null)).toEqual([])
})

test('every file stands in a room of the table', () => {
  expect(files.map(roomOf).filter(room => !(room in rooms))).toEqual([])
})

test('no shipped file imports the oclif index, which costs a start-up of its own', () => {
  const found = files.filter(file =>
    importsOf(file, readFileSync(file, 'utf8')).some(({target}) => target === '@oclif/core'),
  )
  expect(found).toEqual([])
})

const planted: readonly [file: string, line: string, expected: RegExp][] = [
  ['src/domain/x.ts', "import {openStore} from '../store/open.ts'", /domain may not import store/],
  ['src/signature/x.ts', "import {usageError} from '../errors.ts'", /signature may not import errors/],
  ['src/signature/x.ts', "import {readFileSync} from 'node:fs'", /leaf/],
  ['src/services/x.ts', "import {request} from 'undici'", /only transport/],
  ['src/services/x.ts', "const a = await import('ky')", /only client/],
  ['src/store/sqlite/x.ts', "export {accept} from '../../services/accept.ts'", /store may not import services/],
  [
    'commands/webhook/list.ts',
    "import {\n  a,\n  b,\n} from '../../src/services/webhooks.ts'",
    /commands may not import services/,
  ],
  ['src/worker/x.ts', "import {zod} from 'zod'", /only api/],
]

test.each(planted)('a planted violation in %s is caught: %s', (file, line, expected) => {
  const [found] = importsOf(file, line)
  expect(violation(found as Import)).toMatch(expected)
})
