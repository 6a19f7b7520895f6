import {describe, expect, it} from 'vitest'
import {plain} from '../../../src/cli/color.ts'
import type {Seen} from '../../../src/cli/listen/seen.ts'
import {seenLine, seenText} from '../../../src/cli/listen/seen-text.ts'

const hostile = 'a\x1b]0;owned\x07\u202e\rb'

const seen: Seen = {
  request: {
    n: 1,
    receivedAt: Date.UTC(2026, 2, 1, 10),
    from: hostile,
    method: hostile,
    target: hostile,
    headers: [[hostile, hostile]],
    body: Buffer.from(hostile),
  },
  verdict: null,
  isGreeting: false,
  ran: {exitCode: 0, signal: null, timedOut: false, durationMs: 1, output: hostile, truncated: true},
  answer: {status: 502, headers: [], body: Buffer.alloc(0), note: hostile},
  saved: hostile,
  counts: {received: 1, valid: 0, invalid: 0, notChecked: 1, refused: 0},
}

describe('a request on the terminal', () => {
  it('C1: has every remote part of it escaped', () => {
    for (const text of [seenText(seen, {paint: plain, headers: true}), seenLine(seen)]) {
      expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/u)
      expect(text).toContain('a\\x1b]0;owned\\x07\\u202e\\rb')
    }
  })
})
