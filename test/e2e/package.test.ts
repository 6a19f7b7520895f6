import {spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'

/** The package as a stranger gets it: packed, installed into an empty project, with nothing else of ours around. */

const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-package-'))
const require = createRequire(import.meta.url)

function run(program: string, args: readonly string[], cwd = folder) {
  const env = {PATH: process.env.PATH ?? '', HOME: folder, npm_config_cache: path.join(folder, 'cache')}
  const {status, stdout, stderr} = spawnSync(program, args, {cwd, env, encoding: 'utf8'})
  return {status, stdout, stderr}
}

beforeAll(() => {
  const packed = run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], process.cwd())
  expect(packed.status, packed.stderr).toBe(0)
  writeFileSync(path.join(folder, 'package.json'), '{"type": "module", "private": true}')
  const archive = path.join(folder, packed.stdout.trim().split('\n').at(-1) as string)
  const installed = run('npm', ['install', '--offline', '--no-audit', '--no-fund', archive])
  expect(installed.status, installed.stderr).toBe(0)
}, 60_000)

afterAll(() => rmSync(folder, {recursive: true, force: true}))

test('the package installs without a network and brings no other package', () => {
  const lock = JSON.parse(readFileSync(path.join(folder, 'package-lock.json'), 'utf8')) as {packages: object}
  expect(Object.keys(lock.packages)).toEqual(['', 'node_modules/hookctl'])
})

test('it is installed for everybody on the machine without a word of warning', () => {
  const archive = readdirSync(folder).find(name => name.endsWith('.tgz')) as string
  const own = path.join(folder, 'global')
  const installed = run('npm', ['install', '-g', '--prefix', own, '--offline', '--no-audit', '--no-fund', archive])
  expect([installed.status, installed.stderr]).toEqual([0, ''])
  expect(run(path.join(own, 'bin/hookctl'), ['--version']).stdout).toMatch(/^hookctl\//)
})

test('a fresh clone is built by npm ci, by the script that the package does not run', () => {
  const clone = mkdtempSync(path.join(folder, 'clone-'))
  const {scripts} = JSON.parse(readFileSync('package.json', 'utf8')) as {scripts: Record<string, string>}
  const {postprepare} = scripts
  writeFileSync(path.join(clone, 'package.json'), JSON.stringify({name: 'x', version: '1.0.0', scripts: {postprepare}}))
  mkdirSync(path.join(clone, 'scripts'))
  writeFileSync(path.join(clone, 'scripts/build.js'), "require('node:fs').writeFileSync('built', process.argv[2])")
  expect(run('npm', ['install', '--package-lock-only', '--offline'], clone).status).toBe(0)
  expect(run('npm', ['ci', '--offline', '--no-audit'], clone)).toMatchObject({status: 0})
  expect(readFileSync(path.join(clone, 'built'), 'utf8')).toBe('--if-possible')
})

test('what Node loads is ASCII throughout: with one other character a file takes twice the memory', () => {
  const dist = path.join(folder, 'node_modules/hookctl/dist')
  const files = globSync('**/*.js', {cwd: dist, exclude: ['chunks/page/**']})
  expect(files.length).toBeGreaterThan(100)
  expect(files.filter(name => /[^\0-\x7f]/.test(readFileSync(path.join(dist, name), 'utf8')))).toEqual([])
})

test('the installed hookctl runs and verifies', () => {
  const hookctl = path.join(folder, 'node_modules/hookctl/bin/run.js')
  const types = run(process.execPath, [hookctl, 'event', 'types', '--platform', 'catalyst', '--json'])
  expect([types.status, types.stderr]).toEqual([0, ''])
  expect(JSON.parse(types.stdout).data).toHaveLength(17)
})

test('the installed hookctl serves its status page, with every file the page names', async () => {
  const hookctl = path.join(folder, 'node_modules/hookctl/bin/run.js')
  const env = {PATH: process.env.PATH ?? '', HOME: folder}
  const server = spawn(process.execPath, [hookctl, 'serve', '--listen', '127.0.0.1:0', '--json'], {env})
  try {
    const [line] = await once(server.stdout, 'data')
    const {url} = JSON.parse(String(line)) as {url: string}
    const page = await (await fetch(url, {headers: {accept: 'text/html'}})).text()
    const files = [...page.matchAll(/(?:href|src)="(\/page\/[^"]+)"/g)].map(match => match[1] as string)
    expect(files).toContain('/page/main.js')
    for (const file of files) expect([file, (await fetch(url + file)).status]).toEqual([file, 200])
    const main = await (await fetch(`${url}/page/main.js`)).text()
    for (const [, file] of main.matchAll(/from '\.(\/[\w-]+\.js)'/g))
      expect([file, (await fetch(`${url}/page${file}`)).status]).toEqual([file, 200])
  } finally {
    server.kill()
    await once(server, 'close')
  }
})

test('hookctl/signature works for a receiver that imports nothing else', () => {
  writeFileSync(
    path.join(folder, 'receiver.js'),
    `import {sign, verify} from 'hookctl/signature'
const body = Buffer.from('{"a": 1}')
const headers = sign({scheme: 'netbox', secret: 'test-webhook-secret', body})
console.log(verify({scheme: 'netbox', secret: 'test-webhook-secret', headers, body}).reason)
console.log(verify({scheme: 'netbox', secret: 'another secret', headers, body}).reason)`,
  )
  expect(run(process.execPath, ['receiver.js'])).toEqual({status: 0, stdout: 'ok\nmismatch\n', stderr: ''})
})

test('hookctl/signature tells a TypeScript compiler its types', () => {
  writeFileSync(
    path.join(folder, 'typed.ts'),
    `import {verify} from 'hookctl/signature'
const verdict = verify({scheme: 'netbox', secret: 's', headers: {}, body: new Uint8Array()})
export const fits: boolean = verdict.valid
// @ts-expect-error a reason is a text
export const wrong: number = verdict.reason`,
  )
  const compiler = path.join(path.dirname(require.resolve('typescript/package.json')), 'bin/tsc')
  const roots = path.join(process.cwd(), 'node_modules/@types')
  const options = ['--ignoreConfig', '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024']
  const compiled = run(process.execPath, [compiler, ...options, '--typeRoots', roots, '--types', 'node', 'typed.ts'])
  expect(compiled.stdout).toBe('')
})

test('the package carries the licence of everything it bundles', () => {
  const texts = readFileSync(path.join(folder, 'node_modules/hookctl/dist/THIRD-PARTY-LICENSES.txt'), 'utf8')
  for (const name of ['@oclif/core', 'undici', 'zod', 'hono', 'ky'])
    expect(texts).toMatch(new RegExp(`^${name} \\d`, 'm'))
})
