import {readdirSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {operations} from '../../src/api/operations.ts'
import {show, showBody} from '../../src/cli/escape.ts'
import * as api from '../../src/server/page/api.js'
import {parse} from '../../src/server/page/stream.js'
import * as text from '../../src/server/page/text.js'
import {anApp} from './setup.ts'

const folder = path.join(import.meta.dirname, '../../src/server/page')
const sources = readdirSync(folder)
  .filter(name => name !== 'tsconfig.json')
  .map(name => ({name, content: readFileSync(path.join(folder, name), 'utf8')}))
const scripts = sources.filter(({name}) => name.endsWith('.js'))

async function given(target: string, accept = '*/*') {
  await using server = await anApp()
  const response = await server.app.fetch(new Request(`http://127.0.0.1${target}`, {headers: {accept}}))
  return {status: response.status, headers: response.headers, body: await response.text()}
}

test('a browser is given the page at /, everything else a word of greeting', async () => {
  const page = await given('/', 'text/html,application/xhtml+xml,*/*;q=0.8')
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  expect(page.body).toMatch(/^<!doctype html>/)
  const greeting = await given('/')
  expect(greeting.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(greeting.body).toMatch(/^hookctl 0\.0\.0\n/)
  for (const {headers} of [page, greeting]) expect(headers.get('vary')).toBe('accept')
})

test('D3: the page may run its own scripts and ask its own server, and nothing else', async () => {
  const {headers} = await given('/', 'text/html')
  const policy = headers.get('content-security-policy')
  expect(policy?.split('; ').toSorted()).toEqual(
    [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].toSorted(),
  )
  expect(Object.fromEntries(headers)).toMatchObject({
    'cache-control': 'no-store',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  })
})

test('every file of the page is served by its type, and nothing that lies elsewhere', async () => {
  const types: Record<string, string> = {
    js: 'text/javascript',
    css: 'text/css',
    html: 'text/html',
    svg: 'image/svg+xml',
  }
  for (const {name, content} of sources) {
    const {status, headers, body} = await given(`/page/${name}`)
    expect([name, status, body]).toEqual([name, 200, content])
    expect(headers.get('content-type')).toContain(types[name.split('.').at(-1) as string])
  }
  for (const name of ['tsconfig.json', '..%2Fapp.ts', '..%2f..%2f..%2fpackage.json', 'main.js%00', '.', '__proto__']) {
    expect([name, (await given(`/page/${name}`)).status]).toEqual([name, 404])
  }
})

test('C1: no line of the page makes markup of a text, runs one as code, or writes a style or a handler into markup', () => {
  const ways =
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|setHTML|srcdoc|\beval\b|new Function|javascript:/
  for (const {name, content} of scripts) expect([name, ways.exec(content)?.[0]]).toEqual([name, undefined])
  const page = sources.find(({name}) => name === 'index.html')?.content ?? ''
  expect(page).not.toMatch(/\s(?:style|on\w+)=|<style|<script(?! type="module" src="\/page\/main\.js"><\/script>)/)
})

test('the page asks for nothing from another machine, and keeps no token but in its tab', () => {
  for (const {name, content} of sources) {
    const urls = content.match(/https?:\/\/[^\s'"`)]+/g)?.filter(url => url !== 'http://www.w3.org/2000/svg') ?? []
    expect([name, urls]).toEqual([name, []])
    expect([name, /localStorage|document\.cookie|indexedDB|XMLHttpRequest|EventSource\(/.exec(content)]).toEqual([
      name,
      null,
    ])
  }
})

test('the operations of the page are those of the table', () => {
  for (const [name, [method, target]] of Object.entries(api.operations)) {
    const operation = operations[name as keyof typeof operations]
    expect([name, method, target]).toEqual([name, operation?.method, operation?.path])
  }
})

test('every operation the page asks for is one it knows', () => {
  const asked = scripts.flatMap(({content}) => [
    ...content.matchAll(/'((?:web|org|status|worker|delivery|webhook|activity)\.\w+)'/g),
  ])
  for (const [, name] of asked) expect(api.operations).toHaveProperty([name as string])
  expect(asked.length).toBeGreaterThan(10)
})

test('C1: what cannot be seen is escaped on the page exactly as in the terminal', () => {
  for (let code = 0; code <= 0x10_ff_ff; code += code < 0x3000 || (code >= 0xd7_00 && code < 0xff_ff) ? 1 : 251) {
    const character = `a${String.fromCodePoint(code)}b`
    if (text.show(character) !== show(character)) expect.fail(`U+${code.toString(16)}`)
    if (text.showBody(character) !== showBody(character)) expect.fail(`U+${code.toString(16)} in a body`)
  }
  for (const body of ['a\r\nb', 'a\rb', '\u{e0041}\ud800', 'x\ty\n']) expect(text.showBody(body)).toBe(showBody(body))
})

test.each([
  ['2026-07-03T12:00:00Z', 'now'],
  ['2026-07-03T11:59:30Z', '30 sec. ago'],
  ['2026-07-03T12:00:30Z', 'in 30 sec.'],
  ['2026-07-03T11:57:00Z', '3 min. ago'],
  ['2026-07-03T07:00:00Z', '5 hr. ago'],
  ['2026-06-30T12:00:00Z', '3 days ago'],
  ['2024-07-01T12:00:00Z', '2 yr. ago'],
])('%s is told as %s', (instant, expected) => {
  expect(text.ago(instant, Date.parse('2026-07-03T12:00:00Z'))).toBe(expected)
})

test('a frame of the stream is read as it was written', () => {
  expect(parse('id: 7\nevent: attempt\ndata: {"a":"b: c"}')).toEqual({id: '7', event: 'attempt', data: '{"a":"b: c"}'})
  expect(parse(':')).toEqual({id: '', event: 'message', data: ''})
  expect(parse('data: a\ndata:b')).toMatchObject({data: 'a\nb'})
})
