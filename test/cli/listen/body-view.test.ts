import {describe, expect, it} from 'vitest'
import {bodyView, isJsonType} from '../../../src/cli/listen/body-view.ts'

const json = [['Content-Type', 'application/json'] as const]

describe('a body for reading', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'APPLICATION/JSON;x=y',
    'application/vnd.api+json',
    'application/cloudevents+json; charset=UTF-8',
    ' application/problem+json',
  ])('T17: is JSON by the content type %j', type => {
    expect(isJsonType([['content-type', type]])).toBe(true)
  })

  it.each(['text/plain', 'application/jsonl', 'application/x-json', 'text/json-ish', 'application/json-seq', ''])(
    'is not JSON by the content type %j',
    type => {
      expect(isJsonType([['Content-Type', type]])).toBe(false)
    },
  )

  it('T17: says that there is none', () => {
    expect(bodyView(Buffer.alloc(0), json)).toBe('(No body)')
  })

  it('shows text that is no JSON as it is, whatever the content type says', () => {
    expect(bodyView(Buffer.from('a=b&c=d'), json)).toBe('a=b&c=d')
  })

  it('shows bytes that are no text as size and hex', () => {
    expect(bodyView(Buffer.from([0xff, 0, 0x1b]), json)).toBe('(binary, 3 bytes) ff 00 1b')
    expect(bodyView(Buffer.alloc(200, 1), json)).toContain('\\x01')
    expect(bodyView(Buffer.alloc(200), json)).toMatch(/^\(binary, 200 bytes\) (00 ){64}…$/)
  })

  it('cuts what is too long for a terminal and says how much is missing', () => {
    const view = bodyView(Buffer.alloc(65_536 + 10, 'a'), json)
    expect(view.length).toBeLessThan(66_000)
    expect(view).toMatch(/\(… 10 more bytes\)$/)
  })

  it('shows a byte order mark instead of hiding it', () => {
    expect(bodyView(Buffer.from('\ufeff{}'), json)).toBe('\\ufeff{}')
  })
})
