import {readFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, test} from 'vitest'
import {checkUrl, isIpHost} from '../../src/domain/url.ts'

const faults = ['bad_scheme', 'bad_url', 'userinfo', 'fragment', 'bad_port']

const rows = readFileSync(path.join(import.meta.dirname, '../vectors/targets.txt'), 'utf8')
  .split('\n')
  .filter(line => line !== '' && !line.startsWith('#'))
  .map(line => {
    const [verdict = '', , ...rest] = line.split(/\s+/)
    const [first = '', repeated] = line.slice(line.indexOf(rest[0] as string)).split(' + "a"*2100 + ')
    const text = JSON.parse(first) as string
    return {expected: verdict.replace(/^(?:deny|allow):/, ''), text: repeated ? `${text}${'a'.repeat(2100)}/` : text}
  })

test('the list of targets has rows for every fault of shape', () => {
  expect(new Set(rows.map(({expected}) => expected).filter(code => faults.includes(code)))).toEqual(new Set(faults))
})

test.each(rows)('A8: the shape of $text is judged as the list of targets says: $expected', ({expected, text}) => {
  const verdict = checkUrl(text)
  if (faults.includes(expected)) expect(verdict).toMatchObject({ok: false, code: expected})
  else expect(verdict.ok).toBe(true)
})

describe('A8: what is stored and shown is what will be dialled', () => {
  test.each([
    ['HTTPS://Hooks.Example.com:443/In', 'https://hooks.example.com/In'],
    ['https://hooks.example.com', 'https://hooks.example.com/'],
    ['http://2130706433/', 'http://127.0.0.1/'],
    ['http://0x7f.1/', 'http://127.0.0.1/'],
    ['http://%31%32%37.0.0.1/', 'http://127.0.0.1/'],
    ['http://①②⑦.⓪.⓪.①/', 'http://127.0.0.1/'],
    ['https://bücher.example/ä?q=ö', 'https://xn--bcher-kva.example/%C3%A4?q=%C3%B6'],
    ['https://[::ffff:192.0.2.1]/', 'https://[::ffff:c000:201]/'],
    ['http://localhost./', 'http://localhost./'],
    ['http://my_receiver:9000/a/../b', 'http://my_receiver:9000/b'],
  ])('%s is %s', (text, canonical) => expect(checkUrl(text)).toMatchObject({ok: true, canonical}))
})

describe('A8: what a parser would quietly repair is refused', () => {
  test.each([
    ['http:///hook', 'bad_url'],
    ['http:x', 'bad_url'],
    ['http:/x', 'bad_url'],
    [' http://x', 'bad_url'],
    ['http://x ', 'bad_url'],
    ['http://x/a b', 'bad_url'],
    ['http://x/a\tb', 'bad_url'],
    ['http://x/\u0085', 'bad_url'],
    ['http://x/\ud800', 'bad_url'],
    ['http://x?', null],
    ['http://@x/', 'userinfo'],
    ['http://:@x/', 'userinfo'],
    ['http://x/a@b', null],
    ['http://x/#', 'fragment'],
    ['http://[::1/', 'bad_url'],
    ['http://.x/', 'bad_url'],
    ['http://-x-/', null],
    [`http://${'a'.repeat(64)}.example/`, 'bad_url'],
    ['hooks.example.com/in', 'bad_scheme'],
    ['javascript:alert(1)', 'bad_scheme'],
    ['http://x:6667/', 'bad_port'],
    ['http://x:65535/', null],
  ])('%j: %s', (text, code) => {
    const verdict = checkUrl(text)
    expect(verdict.ok ? null : verdict.code).toBe(code)
  })

  test('a fault says what to do, and never shows a query, which may hold a key', () => {
    const verdict = checkUrl('ftp://x/?key=hunter2')
    expect(verdict).toMatchObject({ok: false, message: expect.stringContaining('ftp://x/?…')})
    expect(JSON.stringify(verdict)).not.toContain('hunter2')
    expect(checkUrl('hooks.example.com/in')).toMatchObject({hint: 'did you mean https://hooks.example.com/in?'})
  })

  test('a password in a URL does not come back in the message', () => {
    expect(JSON.stringify(checkUrl('https://user:hunter2@x/'))).not.toContain('hunter2')
    expect(JSON.stringify(checkUrl('https://user:hunter2@x/ '))).not.toContain('hunter2')
    expect(JSON.stringify(checkUrl('ftp://user:hunter2@x/'))).not.toContain('hunter2')
  })
})

test('every spelling of an address counts as one, names that look like one do not', () => {
  const hosts = ['http://0177.0.0.1/', 'http://127.1/', 'http://[::1]/', 'http://1.2.3/']
  for (const text of hosts) expect(isIpHost(new URL(text).hostname), text).toBe(true)
  for (const text of ['http://ip-192-0-2-1.example.com/', 'http://x/192.0.2.1']) {
    expect(isIpHost(new URL(text).hostname), text).toBe(false)
  }
})
