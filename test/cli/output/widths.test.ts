import {afterAll, beforeAll, expect, test} from 'vitest'
import {textWidth} from '../../../src/cli/screen/width.ts'
import {exampleWorlds, type World} from '../../harness/example-world.ts'
import {commandModules} from '../../harness/program.ts'

/** What prints a table of many, by name, and in what other ways. */
const LISTS = [
  ...[...commandModules.keys()].filter(name => / list$/.test(name)),
  'event types',
  'worker queues',
  'worker queues --by domain',
  'stats',
  'stats --by time',
  'stats --by event',
  'webhook list --fields name,state,url',
]

/** As wide as a name may get: two columns a character, marks that take none, pictures that terminals disagree about. */
const NAMES = [
  '網路網路網路網路-🚀-production',
  'हिन्दी-नाम-वेबहुक-लम्बा',
  '❤️❤️❤️❤️❤️❤️-🇩🇪🇩🇪-👍🏽',
  'a-plain-name-that-goes-on-and-on',
]

let world: World
let worlds: Awaited<ReturnType<typeof exampleWorlds>>

beforeAll(async () => {
  worlds = await exampleWorlds()
  world = worlds.open()
  const {data} = await world.json('webhook list')
  for (const [at, {id}] of data.entries()) await world.json(`webhook edit ${id} --name '${NAMES[at]}'`)
  await world.json("context create tenant --name '網路網路網路網路網路網路'")
  await world.json("token create '網路網路網路網路網路網路' --scope read")
  await world.json('worker disable')
  await world.json('delivery replay --failed --confirm 1')
}, 60_000)

afterAll(async () => {
  await world[Symbol.asyncDispose]()
  await worlds[Symbol.asyncDispose]()
})

const shown = async (line: string, columns: number): Promise<readonly string[]> => {
  const env = {NO_COLOR: '1', LANG: 'C.UTF-8'}
  const {stdout, stderr, exitCode} = await world.hookctl(line.split(' '), {tty: true, columns, env})
  expect(exitCode, stderr).toBe(0)
  return stdout.trimEnd().split('\n')
}

test.each(LISTS.map(line => [line]))('hookctl %s has no line wider than the terminal', async line => {
  for (const columns of [40, 60, 80, 100])
    for (const each of await shown(line, columns)) expect(textWidth(each), each).toBeLessThanOrEqual(columns)
})

test.each([
  ['webhook list', /^NAME +STATE/, 'active'],
  ['delivery list', /^STATE +WEBHOOK +EVENT/, 'failed'],
  ['event list', /^TYPE +OBJECT/, 'node.added'],
  ['history list', /^WHEN +CHANGE +OBJECT/, 'created'],
  ['token list', /^NAME +OF/, 'a machine'],
  ['replay list', /^STATE +WHAT +TOTAL +FAILED/, 'running'],
])('at 40 columns, %s leaves out the id and shows what it is read for', async (line, titles, value) => {
  const lines = await shown(line, 40)
  expect(lines[0]).toMatch(titles)
  expect(lines.join('\n')).toContain(value)
  expect(lines.find(each => each.startsWith('no room for'))).toMatch(/^no room for id[,:]/)
  expect((await shown(line, 80))[0]).toMatch(/^ID /)
})

test('a picture that a narrow terminal has no room for is not missed by name', async () => {
  const left = (await shown('stats --by time', 40)).filter(each => each.startsWith('no room for'))
  expect(left).toHaveLength(1)
  expect(left[0]).not.toMatch(/, *[:,]/)
})
