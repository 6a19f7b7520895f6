import {execFileSync, spawnSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {parse} from 'yaml'
import {sign} from '../src/signature/index.ts'
import {SENDER_NAMES, SENDERS} from '../src/signature/schemes/senders.ts'
import {temporaryHome} from './harness/cli.ts'

/** docs/signatures.md: what it tells people to paste says yes to what hookctl signs, and no to the rest. */

const page = readFileSync(path.join(import.meta.dirname, '../docs/signatures.md'), 'utf8')
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, code]) => code!)

const home = temporaryHome()
const file = (name: string) => path.join(home.path, name)
beforeAll(() => writeFileSync(file('verify.mjs'), blocks('js').map(withoutSecondImport).join('\n')))
afterAll(() => home[Symbol.asyncDispose]())

const withoutSecondImport = (code: string, at: number) => (at === 0 ? code : code.replace(/^import .*\n/, ''))

const secret = 'Köln s3cret'
const body = '{"name": "Zürich 🚀"}'
const signature = sign({scheme: 'netbox', secret, body})[0]![1]

const whsec = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const standard = Object.fromEntries(
  sign({scheme: 'standard-v1', secret: whsec, body, id: 'evt_1', timestamp: 1767225600}),
)

/** Body, header, secret, and what a receiver must say. */
const lone: readonly (readonly [string, string, string | null, string, boolean])[] = [
  ['what was signed', body, signature, secret, true],
  ['another body', `${body}\n`, signature, secret, false],
  ['another secret', body, signature, 'other', false],
  ['no header', body, null, secret, false],
  ['half a header', body, signature.slice(0, 64), secret, false],
  ['something behind it', body, `${signature}zz`, secret, false],
  ['letters no header has', body, 'ü'.repeat(128), secret, false],
  ['an empty secret', body, sign({scheme: 'netbox', secret: 'x', body})[0]![1], '', false],
]

const timed: readonly (readonly [string, string, Record<string, string>, string, number, boolean])[] = [
  ['what was signed', body, standard, whsec, 1767225600, true],
  [
    'the second of two signatures',
    body,
    {...standard, 'webhook-signature': `v1,AAAA ${standard['webhook-signature']}`},
    whsec,
    1767225600,
    true,
  ],
  ['another body', `${body} `, standard, whsec, 1767225600, false],
  ['another id', body, {...standard, 'webhook-id': 'evt_2'}, whsec, 1767225600, false],
  ['a replay after six minutes', body, standard, whsec, 1767225960, false],
  ['no headers', body, {}, whsec, 1767225600, false],
  ['a time that is none', body, {...standard, 'webhook-timestamp': 'soon'}, whsec, 1767225600, false],
  ['another secret', body, standard, 'whsec_AQID', 1767225600, false],
  ['an empty secret', body, standard, '', 1767225600, false],
]

describe('Node', () => {
  const verify = async () =>
    (await import(/* @vite-ignore */ file('verify.mjs'))) as {
      isGenuine(body: Buffer, header: string | undefined, secret: string): boolean
      isGenuineStandard(body: Buffer, headers: object, secret: string, now: number): boolean
    }

  test.each(lone)('X-Hook-Signature: %s', async (_, sent, header, key, expected) => {
    expect((await verify()).isGenuine(Buffer.from(sent), header ?? undefined, key)).toBe(expected)
  })

  test.each(timed)('Standard Webhooks: %s', async (_, sent, headers, key, now, expected) => {
    expect((await verify()).isGenuineStandard(Buffer.from(sent), headers, key, now)).toBe(expected)
  })
})

const python = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).status === 0

describe.skipIf(!python)(`Python${python ? '' : ' (skipped: no python3 of 3.9 or newer)'}`, () => {
  const ask = (call: string, input: object): boolean => {
    const program = `${blocks('python').join('\n')}\nimport json, sys\ni = json.load(sys.stdin)\nprint(${call})\n`
    return execFileSync('python3', ['-c', program], {input: JSON.stringify(input), encoding: 'utf8'}).trim() === 'True'
  }

  test.each(lone)('X-Hook-Signature: %s', (_, sent, header, key, expected) => {
    expect(ask("is_genuine(i['body'].encode(), i['header'], i['key'])", {body: sent, header, key})).toBe(expected)
  })

  test.each(timed)('Standard Webhooks: %s', (_, sent, headers, key, now, expected) => {
    const call = "is_genuine_standard(i['body'].encode(), i['headers'], i['key'], i['now'])"
    expect(ask(call, {body: sent, headers, key, now})).toBe(expected)
  })
})

const openssl = spawnSync('openssl', ['version']).status === 0

describe.skipIf(!openssl)(`openssl${openssl ? '' : ' (skipped: openssl is not installed)'}`, () => {
  test.each(lone)('X-Hook-Signature: %s', (_, sent, header, key, expected) => {
    writeFileSync(file('body.json'), sent)
    const env = {PATH: process.env.PATH, HOOK_SECRET: key, SIGNATURE: header ?? ''}
    const {status, stdout} = spawnSync('sh', ['-c', blocks('sh').find(block => block.includes('openssl'))!], {
      cwd: home.path,
      env,
      encoding: 'utf8',
    })
    expect([status === 0, stdout]).toEqual([expected, expected ? 'valid\n' : ''])
  })
})

test("the rule for Debian's webhook server looks at the right header with the right hash", () => {
  const [hook] = JSON.parse(blocks('json')[0]!)
  expect(hook['trigger-rule'].match).toMatchObject({
    type: 'payload-hmac-sha512',
    parameter: {source: 'header', name: 'X-Hook-Signature'},
  })
})

test('the source for Event-Driven Ansible names header, hash and format, whose defaults are others', () => {
  const {sources} = parse(blocks('yaml')[0]!)
  const {hmac_algo, hmac_header, hmac_format} = sources[0]['ansible.eda.webhook']
  expect([hmac_algo, hmac_header, hmac_format]).toEqual(['sha512', 'X-Hook-Signature', 'hex'])
})

test.each(SENDER_NAMES)('the recipe of %s stands there as it is', name => {
  const {header, prefix, signed, algorithm, encoding} = SENDERS[name]
  const row = page.split('\n').find(line => line.startsWith(`| \`${name}\``))
  const value = prefix === '' ? header : `${header}: ${prefix.replace('{timestamp}', '…')}…`
  const hashed =
    signed === '{body}' ? 'the body' : `\`${signed.replaceAll(/(?<=[A-Za-z}])\{/g, ' {').replaceAll(/[{}]/g, '')}\``
  expect(row).toContain(`| \`${value}\` | ${hashed} | ${algorithm.toUpperCase().replace('SHA', 'SHA-')}, ${encoding}`)
})

test('B9: that X-Hook-Signature can be sent again is said, with what to do about it', () => {
  expect(page).toMatch(/neither a time nor an id/)
  expect(page).toContain('--scheme standard-v1')
  const readme = readFileSync(path.join(import.meta.dirname, '../README.md'), 'utf8')
  expect(readme).toMatch(/neither timestamp nor id/)
})
