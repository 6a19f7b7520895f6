import {globSync, readFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {platforms} from '../../src/platforms/table.ts'
import {sign} from '../../src/signature/index.ts'
import {randomFrom} from '../domain/random.ts'
import {anApp, post} from './setup.ts'

/** More with HOOKCTL_FUZZ=20000. */
const inputs = Number(process.env.HOOKCTL_FUZZ ?? 2000)
const random = randomFrom(Number(process.env.HOOKCTL_FUZZ_SEED ?? 7))
const oneOf = <T>(values: readonly T[]): T => values[random(values.length)]!

const bodies = globSync(new URL('../fixtures/G*.json', import.meta.url).pathname).map(file => {
  const {id, title, body} = JSON.parse(readFileSync(file, 'utf8')) as {id: string; title: string; body: string}
  return {platform: /^[a-z]+/.exec(title)?.[0] ?? id, body}
})

/** What members are replaced by: wrong kinds, extremes, names that mean something elsewhere. */
const VALUES: readonly string[] = [
  'null',
  'true',
  '0',
  '-1',
  '1e400',
  '123456789012345678901234567890',
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '"2026-13-45T99:99:99Z"',
  '"0001-01-01T00:00:00Z"',
  '"9999-12-31T23:59:59.999999999+14:00"',
  `"${'x'.repeat(300)}"`,
  '[]',
  '[[]]',
  '[null]',
  '{}',
  '{"__proto__":{"a":1}}',
  '{"id":null,"name":{}}',
  '['.repeat(200) + ']'.repeat(200),
]

/** The body with some of its members replaced, left out, doubled, or cut off somewhere. */
function mangled(body: string): string {
  const members = [...body.matchAll(/"[a-z_]+": ?(?:"[^"]*"|[\d.]+|null|true|false|\{|\[)/g)]
  let text = body
  for (let times = 1 + random(3); times > 0; times--) {
    const [found = ''] = oneOf(members)
    const name = /^"[a-z_]+"/.exec(found)?.[0]
    const isWhole = !/[{[]$/.test(found)
    const how = random(6)
    if (how === 0) text = text.slice(0, random(text.length))
    else if (how === 1) text = text.replace(found, `"x": 1, ${found}`)
    else if (how === 2) text = text.replace(found, `${name}: ${oneOf(VALUES)}, ${found}`)
    else if (isWhole) text = text.replace(found, how === 3 ? '"left": "out"' : `${name}: ${oneOf(VALUES)}`)
    else text = text.replace(found, `"renamed${random(9)}": ${found.at(-1)}`)
  }
  return text
}

test('whatever a body says, signed as it should be, it is accepted or refused with a code, never a 5xx', async () => {
  await using server = await anApp()
  const secret = 'a secret that the sender has'
  const addresses = new Map<string, string>()
  for (const platform of new Set(bodies.map(each => each.platform))) {
    const made = await server.ask(
      '/v1/organizations/default/sources',
      post({name: platform, platform, secret: {value: secret}}),
    )
    expect(made.status).toBe(201)
    addresses.set(platform, ((await made.json()) as {source: {address: string}}).source.address)
  }
  // Some of it also comes from a sender that is no platform, as JSON or as a form.
  const typed = {platform: 'standard', eventType: 'any.{body.event}.{body.data.name}.{header.X-Event}'}
  const other = await server.ask(
    '/v1/organizations/default/sources',
    post({name: 'other', ...typed, signature: {scheme: 'netbox'}, secret: {value: secret}}),
  )
  addresses.set('other', ((await other.json()) as {source: {address: string}}).source.address)
  const contentTypes = ['application/json', 'application/x-www-form-urlencoded', 'text/plain']
  // What comes in is rendered for whoever wants it.
  for (const {name, modes} of platforms) {
    const eventTypes = name === 'procustodibus' ? ['alerts'] : ['*']
    const webhook = {name, platform: name, url: 'https://example.com/', eventTypes, mode: modes[0]}
    expect((await server.ask('/v1/organizations/default/webhooks', post(webhook))).status).toBe(201)
  }
  const counts = new Map<number, number>()
  for (let n = 0; n < inputs; n++) {
    const {platform, body} = oneOf(bodies)
    const text = mangled(body)
    const told = {
      'content-type': oneOf(contentTypes),
      'x-event': oneOf(['', 'push', 'a b', '..', '*', 'x'.repeat(250)]),
    }
    const headers = {...Object.fromEntries(sign({scheme: 'netbox', secret, body: text})), ...told}
    const address = addresses.get(random(4) === 0 ? 'other' : platform)!
    const answer = await server.ask(address, {method: 'POST', headers, body: text})
    counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1)
    const said = (await answer.json()) as {code?: string}
    expect([answer.status >= 500 ? text : '', said.code]).toEqual([
      '',
      answer.status === 200 ? undefined : expect.any(String),
    ])
  }
  expect([...counts.keys()].filter(status => ![200, 400, 413, 422].includes(status))).toEqual([])
  for (const list of ['events', 'deliveries', 'history', 'activity', 'objects', 'status']) {
    const answer = await server.ask(`/v1/organizations/default/${list}${list === 'status' ? '' : '?limit=1000'}`)
    expect([list, answer.status]).toEqual([list, 200])
    await answer.json()
  }
  // Both ends were reached, or nothing was tried.
  expect(counts.get(200)).toBeGreaterThan(inputs / 50)
  expect(counts.get(422)).toBeGreaterThan(inputs / 50)
})
