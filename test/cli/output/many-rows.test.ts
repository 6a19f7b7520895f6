import {expect, test} from 'vitest'
import {plain} from '../../../src/cli/color.ts'
import {renderTable} from '../../../src/cli/output/table.ts'

const times = {now: 0, zone: '+00:00', exact: false}

test('a table of many rows has the same columns from the first to the last, however many are laid out at once', async () => {
  const rows = Array.from({length: 350}, (_, at) => ({name: `n${at}`, note: at === 349 ? 'the widest of all' : 'x'}))
  const text = await renderTable(rows, [{key: 'note'}, {key: 'name'}], {
    paint: plain,
    width: undefined,
    headers: true,
    times,
  })
  const lines = text.trimEnd().split('\n')
  expect(lines).toHaveLength(351)
  expect(new Set(lines.map(line => line.search(/n\d+$|NAME$/)))).toEqual(new Set([19]))
  expect(lines.slice(1).map(line => line.split(/ +/).at(-1))).toEqual(rows.map(({name}) => name))
})

test('a table may have more rows than a function takes arguments', async () => {
  const rows = Array.from({length: 130_000}, () => ({name: 'x'}))
  const text = await renderTable(rows, [{key: 'name'}], {paint: plain, width: 80, headers: false, times})
  expect(text).toBe('x\n'.repeat(rows.length))
})
