import {describe, expect, test} from 'vitest'
import {show, showBody, showJson} from '../../src/cli/escape.ts'
import {PAYLOADS} from '../harness/cli-payloads.ts'

const SAFE = /^[^\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\p{Cs}]*$/u

describe('C1: nothing remote reaches a terminal as a command', () => {
  test('there are at least 64 payloads', () => expect(PAYLOADS.length).toBeGreaterThanOrEqual(64))

  test.each(PAYLOADS.map(payload => [payload]))('%j is shown as visible text', payload => {
    expect(show(payload)).toMatch(SAFE)
    expect(show(`before ${payload} after`)).toMatch(/^before .+ after$/)
    expect(showBody(payload).replaceAll(/[\n\t]/g, '')).toMatch(SAFE)
  })

  test('what is escaped can be recognised', () => {
    expect(show('a\u001b[2J\r\n\tb\u202e\u{e0041}\ud800')).toBe('a\\x1b[2J\\r\\n\\tb\\u202e\\u{e0041}\\ud800')
  })

  test('ordinary text of any script is left alone', () => {
    const text = 'Zürich 東京 שלום مرحبا 👍 C:\\path "q" é'
    expect(show(text)).toBe(text)
    expect(showBody(`${text}\n\tx\r\n`)).toBe(`${text}\n\tx\n`)
  })
})

describe('C2: JSON stays JSON and holds no raw control character', () => {
  test.each(PAYLOADS.map(payload => [payload]))('%j comes back as it was', payload => {
    const json = showJson(JSON.stringify({[payload]: payload}))
    expect(json).toMatch(SAFE)
    expect(JSON.parse(json)).toEqual({[payload]: payload})
  })
})
