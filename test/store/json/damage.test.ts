import {readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {describe, expect, it} from 'vitest'
import {careFor} from '../../../src/store/care.ts'
import {openStore} from '../../../src/store/open.ts'
import {NOON} from '../../harness/factories.ts'
import {refusal} from '../../harness/product.ts'
import {aSetting} from '../../harness/setting.ts'
import {fill} from '../copying.ts'
import {aFolder} from '../folder.ts'

type Tables = Record<string, Record<string, unknown>[]>

/** What a hand does to a store, and what is said of it; `LINE` is the line of the member that is named. */
const edits: Record<string, [edit: (tables: Tables) => void, detail: RegExp]> = {
  'an event taken out that a delivery refers to': [
    tables => tables.events!.shift(),
    /^tables\/deliveries\/0\/event \(line LINE\): there is no row of events with the seq 1$/,
  ],
  'all webhooks taken out, and not their deliveries': [
    tables => {
      tables.webhooks = []
    },
    /^tables\/deliveries\/0\/webhook \(line LINE\): there is no row of webhooks with the seq 1$/,
  ],
  'a body taken out': [
    tables => tables.bodies!.pop(),
    /^tables\/deliveries\/1\/body \(line LINE\): there is no row of bodies with the seq 2$/,
  ],
  'a state that there is not': [
    tables => {
      tables.deliveries![1]!.state = 'nonsense'
    },
    /^tables\/deliveries\/1\/state \(line LINE\): "nonsense" is none of collecting, pending, /,
  ],
  'a number in the place of a text': [
    tables => {
      tables.organizations![0]!.slug = 5
    },
    /^tables\/organizations\/0\/slug \(line LINE\): it is a whole number, and must be a text$/,
  ],
  'a text in the place of a number': [
    tables => {
      tables.events![0]!.accepted_at = 'noon'
    },
    /^tables\/events\/0\/accepted_at \(line LINE\): it is a text, and must be a whole number$/,
  ],
  'true in the place of a number': [
    tables => {
      tables.webhooks![0]!.active = true
    },
    /^tables\/webhooks\/0\/active \(line LINE\): it is true or false, and must be a whole number$/,
  ],
  'a text in the place of a list': [
    tables => {
      tables.webhooks![0]!.event_types = 'node.*'
    },
    /^tables\/webhooks\/0\/event_types \(line LINE\): it is not JSON of a list$/,
  ],
  'data that is no JSON': [
    tables => {
      tables.events![0]!.data = 'hello'
    },
    /^tables\/events\/0\/data \(line LINE\): it is not JSON$/,
  ],
  'a member taken out': [
    tables => {
      delete tables.webhooks![0]!.name
    },
    /^tables\/webhooks\/0\/name \(line \d+\): it is missing$/,
  ],
  'a row that is there twice': [
    tables => tables.history!.push({...tables.history![0]!}),
    /^tables\/history\/\d+ \(line \d+\): it is not as it must be \(UNIQUE constraint failed: history.seq\)$/,
  ],
}

/** The line of `tables/NAME/INDEX/MEMBER` in the text as the store writes it. */
function lineOf(text: string, detail: string): number {
  const [, table, index, member] = /^tables\/(\w+)\/(\d+)\/(\w+)/.exec(detail) ?? []
  const lines = text.split('\n')
  const begin = lines.indexOf(`    "${table}": [`)
  const rows = lines.flatMap((line, at) => (at > begin && line === '      {' ? [at] : []))
  return lines.findIndex((line, at) => at > rows[Number(index)]! && line.startsWith(`        "${member}": `)) + 1
}

describe('H2: a json: store that a hand has changed', () => {
  it.each(Object.entries(edits))(
    '%s: is refused with table, row, member and line, and left as it is',
    async (_, [edit, detail]) => {
      await using folder = await aFolder()
      const file = folder.file('hookctl.json')
      await fill(`json:${file}`)
      const content = JSON.parse(readFileSync(file, 'utf8'))
      edit(content.tables)
      const text = `${JSON.stringify(content, null, 2)}\n`
      writeFileSync(file, text)
      const {problems} = await (await careFor(`json:${file}`)).check({quick: false})
      const found = problems.map(problem =>
        problem.detail.replace(`line ${lineOf(text, problem.detail)})`, 'line LINE)'),
      )
      expect(found).toContainEqual(expect.stringMatching(detail))
      const refused = await refusal(openStore(`json:${file}`, {now: () => NOON}))
      expect(refused).toMatchObject({
        kind: 'unreachable',
        code: 'store_corrupt',
        hint: expect.stringMatching(/left as it is/),
      })
      expect(refused.message).toContain(problems[0]?.detail)
      expect(readFileSync(file, 'utf8')).toBe(text)
    },
  )

  it('is told by store check with all that is wrong in it, and what to do; nothing in it is a bug of ours', async () => {
    await using setting = await aSetting()
    const store = ['--store', 'json:hooks.json']
    await setting.hookctl(['event', 'send', 'node.added', '--example', ...store])
    const file = path.join(setting.home.path, 'hooks.json')
    const content = JSON.parse(readFileSync(file, 'utf8'))
    content.tables.organizations[0].slug = 5
    content.tables.events[0].hops = 'none'
    writeFileSync(file, JSON.stringify(content, null, 2))
    const checked = await setting.hookctl(['store', 'check', ...store])
    expect(checked.exitCode).toBe(7)
    expect(checked.stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^rows: tables\/organizations\/0\/slug \(line 16\)/),
      expect.stringMatching(/^rows: tables\/events\/0\/hops/),
    ])
    expect(checked.stderr).toMatch(/^next: mend it in an editor/)
    const listed = await setting.hookctl(['event', 'list', ...store])
    expect(listed.exitCode).toBe(6)
    expect(listed.stderr).toMatch(
      /slug \(line 16\): it is a whole number, and must be a text; 1 more: hookctl store check\n/,
    )
    writeFileSync(file, '{"hookctl": "store",\n}')
    const broken = await setting.hookctl(['store', 'check', ...store])
    expect([broken.exitCode, broken.stdout]).toEqual([7, expect.stringMatching(/^text: .* line 1, column 20/)])
  })
})

it('H2: store check tells the same of a SQLite store', async () => {
  await using folder = await aFolder()
  const file = folder.file('hookctl.db')
  await fill(`sqlite:${file}`)
  const database = new DatabaseSync(file)
  database.exec("UPDATE deliveries SET state = 'nonsense' WHERE seq = 2; DELETE FROM events WHERE seq = 1")
  database.close()
  const {problems} = await (await careFor(`sqlite:${file}`)).check({quick: false})
  expect(problems.filter(({kind}) => kind !== 'counts')).toEqual([
    {kind: 'references', detail: 'deliveries/1/event: there is no row of events with the seq 1'},
    {kind: 'rows', detail: expect.stringMatching(/^deliveries\/2\/state: "nonsense" is none of collecting, /)},
  ])
})
