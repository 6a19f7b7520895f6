import {spawnSync} from 'node:child_process'
import {globSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {pathToFileURL} from 'node:url'
import {afterAll, describe, expect, it} from 'vitest'

const room = path.resolve(import.meta.dirname, '../../src/signature')
const files = globSync('**/*.ts', {cwd: room})
const index = pathToFileURL(path.join(room, 'index.ts')).href
const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-signature-'))
afterAll(() => rmSync(folder, {recursive: true}))

/** Runs a module in a Node of its own: stdout, or its error. */
function run(name: string, code: string): string {
  const file = path.join(folder, name)
  writeFileSync(file, code.replaceAll("'hookctl/signature'", `'${index}'`))
  const {status, stdout, stderr} = spawnSync(process.execPath, [file], {encoding: 'utf8'})
  if (status !== 0) throw new Error(stderr)
  return stdout
}

describe('the signature room', () => {
  it.each(files)('%s imports nothing but node:crypto and its own room', file => {
    const code = readFileSync(path.join(room, file), 'utf8').replaceAll(/\/\*\*[\s\S]*?\*\//g, '')
    const targets = [...code.matchAll(/\bfrom '([^']+)'|\bimport\(?\s*'([^']+)'/g)].map(
      ([, from, bare]) => from ?? bare!,
    )
    const own = targets.filter(target => target !== 'node:crypto')
    for (const target of own) expect(files).toContain(path.join(path.dirname(file), target))
    expect(code).not.toMatch(/\brequire\(|\bimport\((?!')/)
  })

  it('reads the clock in one place only, the default of verify, and no environment', () => {
    const reading = files.filter(file =>
      /Date\.now|\bDate\(\)|new Date(?!\(\w)|process\.|Math\.random/.test(readFileSync(path.join(room, file), 'utf8')),
    )
    expect(reading).toEqual(['verify.ts'])
  })

  it('loads what explains only when it is asked to', () => {
    const code = `
      import {registerHooks} from 'node:module'
      const loaded = []
      registerHooks({load: (url, context, next) => (loaded.push(url), next(url, context))})
      const {explain, verify} = await import('hookctl/signature')
      const message = {secret: 's', secrets: ['s'], scheme: 'netbox', headers: {}, body: Buffer.from(''), now: 0, tolerance: 0}
      verify(message)
      const before = loaded.filter(url => url.includes('/explain/')).length
      await explain(message)
      console.log(before, loaded.filter(url => url.includes('/explain/')).length > 0)`
    expect(run('lazy.mjs', code)).toBe('0 true\n')
  })
})

const examples = files.flatMap(file =>
  [...readFileSync(path.join(room, file), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code], at) => ({
    name: `${file.replaceAll(/\W/g, '-')}-${at}.mts`,
    code: code!.replaceAll(/^ *\* ?/gm, ''),
  })),
)

describe('examples in docstrings', () => {
  it.each(examples)('$name runs', ({name, code}) => {
    expect(code).toContain('assert')
    run(name, code)
  })

  it('are there', () => {
    expect(examples.length).toBeGreaterThanOrEqual(6)
  })
})
