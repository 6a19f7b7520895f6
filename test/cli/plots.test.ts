import {expect, test} from 'vitest'
import {bar, inkOf, sparkline} from '../../src/cli/plots.ts'

const utf8 = inkOf({env: {LANG: 'en_US.UTF-8'}}, 'linux')
const ascii = inkOf({env: {LANG: 'C'}}, 'linux')

test.each([
  [{}, 'linux', false],
  [{}, 'win32', true],
  [{LANG: 'C'}, 'linux', false],
  [{LANG: 'de_DE.utf8'}, 'linux', true],
  [{LANG: 'C', LC_CTYPE: 'C.UTF-8'}, 'darwin', true],
  [{LANG: 'en_US.UTF-8', LC_ALL: 'POSIX'}, 'linux', false],
  [{LANG: 'en_US.ISO-8859-1'}, 'win32', false],
])('%j on %s: block characters are drawn: %s', (env, platform, isUnicode) => {
  expect(inkOf({env}, platform).levels.at(-1)).toBe(isUnicode ? '█' : '#')
})

test.each([
  [[], '', ''],
  [[0, 0], '  ', '  '],
  [[5], '█', '#'],
  [[1, 2, 4, 8, 0, 3], '▁▂▄█ ▃', '_.:# -'],
  [[1, 1000], '▁█', '_#'],
])('the sparkline of %j', (numbers, blocks, plain) => {
  expect([sparkline(numbers, utf8), sparkline(numbers, ascii)]).toEqual([blocks, plain])
})

test.each([
  [0, '░░░░', '....'],
  [0.0001, '▏░░░', '#...'],
  [0.5, '██░░', '##..'],
  [0.6, '██▍░', '##..'],
  [0.9999, '███▉', '###.'],
  [1, '████', '####'],
])(
  'a bar of %d is full only where nothing is missing, and empty only where nothing is there',
  (share, blocks, plain) => {
    expect([bar(share, 4, utf8), bar(share, 4, ascii)]).toEqual([blocks, plain])
  },
)
