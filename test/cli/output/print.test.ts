import {describe, expect, test} from 'vitest'
import {parse as parseYaml} from 'yaml'
import {plain} from '../../../src/cli/color.ts'
import {replayColumns} from '../../../src/cli/columns/replay.ts'
import type {Column} from '../../../src/cli/output/column.ts'
import {FORMATS, type Format} from '../../../src/cli/output/formats.ts'
import {type Layout, listText, oneText, section, streamLine} from '../../../src/cli/output/print.ts'
import {columnsThatFit, fitWidths} from '../../../src/cli/output/table.ts'
import {PAYLOADS} from '../../harness/cli-payloads.ts'

interface Row {
  readonly id: string
  readonly url: string
  readonly state: string
  readonly at: string
  readonly tags?: readonly string[]
}

const columns: readonly Column<Row>[] = [
  {key: 'id', whole: true},
  {key: 'url'},
  {key: 'state', kind: 'state'},
  {key: 'at', kind: 'time'},
  {key: 'tags', wide: true},
]
const rows: readonly Row[] = [
  {id: 'wh_1', url: 'https://a.example/hook', state: 'delivered', at: '2026-03-10T11:00:00.000Z', tags: ['a', 'b']},
  {id: 'wh_2', url: 'https://b.example/\thook', state: 'failed', at: '2026-03-10T11:59:30.000Z'},
]
const now = Date.parse('2026-03-10T12:00:00Z')
const times = {now, zone: '+01:00', exact: false}
const layout = (format: Format, more: Partial<Layout> = {}): Layout => ({
  format,
  fields: undefined,
  paint: plain,
  width: undefined,
  headers: true,
  times: undefined,
  ...more,
})
const list = (format: Format, more: Partial<Layout> = {}, next: string | null = null) =>
  listText({items: rows, next}, columns, layout(format, more))

describe('a list', () => {
  test('as a table is aligned, borderless, without trailing blanks, and times are relative', async () => {
    expect(await list('table', {times})).toBe(
      [
        'ID    URL                       STATE      AT',
        'wh_1  https://a.example/hook    delivered  1h ago',
        'wh_2  https://b.example/\\thook  failed     30s ago',
        '',
      ].join('\n'),
    )
  })

  test('as a table is cut to the terminal, but never its ids', async () => {
    const text = await list('table', {width: 40, times})
    for (const line of text.trimEnd().split('\n')) expect([...line].length).toBeLessThanOrEqual(40)
    expect(text).toMatch(/^wh_1 {2}https.*…/m)
  })

  test('without rows prints nothing for people and an empty list for machines', async () => {
    const empty = (format: Format) => listText({items: [], next: null}, columns, layout(format))
    expect(await empty('table')).toBe('')
    expect(await empty('tsv')).toBe('')
    expect(JSON.parse(await empty('json'))).toEqual({data: []})
  })

  test('as tsv has one line for each row and nothing else', async () => {
    expect(await list('tsv')).toBe(
      'wh_1\thttps://a.example/hook\tdelivered\t2026-03-10T11:00:00Z\nwh_2\thttps://b.example/\\thook\tfailed\t2026-03-10T11:59:30Z\n',
    )
  })

  test('as wide shows what else there is', async () => expect(await list('wide')).toContain('TAGS'))

  test.each(['+275760-09-13T00:00:00Z', '-271821-04-20T00:00:00Z', 'soon'])(
    'a time that no clock shows, %s, is shown as it came',
    async at => {
      const page = {items: [{...rows[0]!, at}], next: null}
      for (const zone of ['+14:00', '-12:00', 'Europe/Berlin', undefined]) {
        const looks = [
          layout('wide', {times: {now, zone, exact: true}}),
          layout('table', {times: {now, zone, exact: false}}),
        ]
        for (const look of looks) {
          expect(await listText(page, columns, look)).toContain(at)
          expect(await oneText(page.items[0]!, columns, look)).toContain(at)
        }
      }
    },
  )

  test('as wide has times exactly, in the zone of who looks on', async () => {
    const text = await list('wide', {times: {...times, exact: true}})
    expect(text).toContain('2026-03-10T12:00:00+01:00')
    expect(text).not.toContain('ago')
  })

  test('without titles starts with a row', async () => expect(await list('table', {headers: false})).toMatch(/^wh_1/))
  test('as id is one id a line', async () => expect(await list('id')).toBe('wh_1\nwh_2\n'))
  test('as compact quotes what holds a blank', async () => {
    const one = listText({items: [{...rows[0]!, url: 'a b'}], next: null}, columns, layout('compact'))
    expect(await one).toBe('wh_1 "a b" delivered 2026-03-10T11:00:00Z\n')
  })

  test('as JSON is {data, page} with the rows as they are', async () => {
    expect(JSON.parse(await list('json', {}, 'c1'))).toEqual({
      data: JSON.parse(JSON.stringify(rows)),
      page: {next: 'c1'},
    })
    expect(parseYaml(await list('yaml', {}, 'c1'))).toEqual(JSON.parse(await list('json', {}, 'c1')))
    expect(
      (await list('jsonl'))
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line).id),
    ).toEqual(['wh_1', 'wh_2'])
  })

  test('has only the fields that were named, in their order', async () => {
    expect(await list('tsv', {fields: ['state', 'id']})).toBe('delivered\twh_1\nfailed\twh_2\n')
    expect(JSON.parse(await list('json', {fields: ['tags', 'id']})).data[0]).toEqual({tags: ['a', 'b'], id: 'wh_1'})
    await expect(list('tsv', {fields: ['idd']})).rejects.toMatchObject({
      code: 'unknown_field',
      kind: 'usage',
      message: 'no field "idd"; there are id, url, state, at, tags',
      hint: 'did you mean: id',
    })
  })
})

describe('one thing', () => {
  const attempts = section('Attempts', [{n: 1}], [{key: 'n'}])
  test('is titles and values, sections below', async () => {
    expect(
      await oneText(rows[0]!, columns.slice(0, 2), layout('table'), [attempts, {title: 'Body', text: 'a\n\u001bb'}]),
    ).toBe('id   wh_1\nurl  https://a.example/hook\n\nAttempts\nN\n1\n\nBody\na\n\\x1bb\n')
  })
  test('in a pipe is a key and a value a line', async () => {
    expect(await oneText(rows[0]!, columns.slice(0, 2), layout('tsv'))).toBe('id\twh_1\nurl\thttps://a.example/hook\n')
  })
  test('of which fields were named has only those', async () => {
    expect(await oneText(rows[0]!, columns, layout('tsv', {fields: ['url']}), [attempts])).toBe(
      'url\thttps://a.example/hook\n',
    )
  })
})

test('a stream item is one line, also as json', () => {
  expect(streamLine(rows[0]!, columns, layout('json'))).toBe(`${JSON.stringify(rows[0])}\n`)
})

test('the widest column gives way first and those that must stay whole never do', () => {
  expect(fitWidths([4, 30, 10], [false, true, true], 30)).toEqual([4, 12, 10])
  expect(fitWidths([40, 30], [false, false], 20)).toEqual([40, 30])
})

test('a terminal with no room for all columns shows those that can be read, and says which it left out', async () => {
  const id = {natural: 36, cuttable: false}
  const others = [9, 30, 30, 8, 3].map(natural => ({natural, cuttable: true}))
  expect(columnsThatFit([id, ...others], 80)).toEqual([true, true, true, true, false, true])
  expect(columnsThatFit([{natural: 100, cuttable: false}, others[0]!], 80)).toEqual([true, false])
  const narrow = await listText({items: rows, next: null}, columns, layout('table', {width: 30, times}))
  expect(narrow).toBe(
    [
      'ID    URL            STATE',
      'wh_1  https://a.ex…  delivered',
      'wh_2  https://b.ex…  failed',
      'no room for at: -o wide, or',
      '--fields',
      '',
    ].join('\n'),
  )
  const asked = {width: 30, times, fields: ['id', 'url', 'state', 'at']}
  expect(await listText({items: rows, next: null}, columns, layout('table', asked))).toMatch(/ AT\n/)
})

test('a list of replays says on a terminal of 80 columns how many failed', async () => {
  const replay = {id: `rpl_${'0'.repeat(32)}`, state: 'done', selection: 'all', total: 16, waiting: 0, failed: 16}
  const page = {items: [{...replay, delivered: 0, createdAt: '2026-03-10T11:59:30.000Z'} as never], next: null}
  const text = await listText(page, replayColumns, layout('table', {width: 80, times}))
  expect(text).toMatch(/^ID +STATE +WHAT +TOTAL +DELIVERED +FAILED\n/)
  expect(text).toContain('no room for waiting, created:')
  const wide = await listText(page, replayColumns, layout('table', {width: 120, times}))
  expect(wide).toMatch(/TOTAL +WAITING +DELIVERED +FAILED +CREATED\n/)
})

describe.each(FORMATS.map(format => [format]))('C1: as %s', format => {
  test('no payload leaves a control character of its own', async () => {
    const hostile = PAYLOADS.map((payload, at) => ({
      ...rows[0]!,
      id: `wh_${at}`,
      url: payload,
      state: payload,
      at: payload,
      [payload]: payload,
    }))
    const list = await listText({items: hostile, next: null}, columns, layout(format, {times}))
    const one = await Promise.all(
      hostile.map(row => oneText(row, columns, layout(format), [{title: 'Body', text: row.url}])),
    )
    expect(
      `${list}${one.join('')}`.match(
        /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\u200b\p{Cs}]/u,
      ),
    ).toBeNull()
    if (format === 'json') expect(JSON.parse(list).data).toEqual(hostile)
    if (format === 'yaml') expect(parseYaml(list).data).toEqual(hostile)
  })
})
