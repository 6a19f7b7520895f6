import {expect, it} from 'vitest'
import {AnswerReader} from '../../src/transport/answer.ts'

const reading = () => {
  const errors: unknown[] = []
  const answer = new AnswerReader(error => errors.push(error))
  answer.begun(200, [])
  return {answer, errors}
}

it.each([1, 7, 1000, 16_384, 20_000])('keeps the first 16 KiB of an answer, in pieces of %i bytes', size => {
  const {answer, errors} = reading()
  const sent = Buffer.from(Array.from({length: 20_000}, (_, index) => index % 251))
  for (let at = 0; at < sent.length; at += size) answer.received(sent.subarray(at, at + size))
  expect(Buffer.from(answer.body).equals(sent.subarray(0, 16_384))).toBe(true)
  expect([answer.bytes, answer.truncated, answer.cut, errors]).toEqual([20_000, true, false, []])
})

it('keeps a copy: what it was read into takes what comes next', () => {
  const {answer} = reading()
  const room = Buffer.from('abc')
  answer.received(room)
  room.fill('x')
  answer.received(room.subarray(0, 2))
  room.fill('y')
  expect(String(Buffer.from(answer.body))).toBe('abcxx')
})

it('an answer without a body has an empty one', () => {
  expect(reading().answer.body).toHaveLength(0)
})

it('is over, and cut, after 64 KiB', () => {
  const {answer, errors} = reading()
  const piece = Buffer.alloc(32 * 1024)
  answer.received(piece)
  answer.received(piece)
  expect([answer.cut, errors]).toEqual([false, []])
  answer.received(piece.subarray(0, 1))
  expect([answer.cut, errors]).toEqual([true, [null]])
})
