import {describe, expect, test} from 'vitest'
import {renderFailure} from '../../src/cli/failure.ts'
import {HookctlError} from '../../src/errors.ts'

const people = {json: false, debug: false}
const named = (name: string) => Object.assign(new Error('x'), {name})

describe('a failure becomes an exit code', () => {
  test.each([
    ['usage', 2],
    ['not_found', 3],
    ['conflict', 4],
    ['not_allowed', 5],
    ['unreachable', 6],
    ['answer_no', 7],
    ['timeout', 8],
    ['too_large', 2],
    ['overloaded', 6],
    ['internal', 1],
  ] as const)('%s ends with %d', (kind, exitCode) => {
    expect(renderFailure(new HookctlError(kind, 'code', 'message'), people)).toEqual({
      exitCode,
      text: 'hookctl: message\n',
    })
  })

  test.each(['ExitPromptError', 'AbortPromptError'])('%s of a prompt ends with 130 and says nothing', name => {
    expect(renderFailure(named(name), people)).toEqual({exitCode: 130, text: ''})
  })
})

describe('a bug', () => {
  const bug = new TypeError('cannot read x\nof undefined', {cause: new Error('deeper')})
  test('is one sentence, exit code 1, and how to get its stack', () => {
    expect(renderFailure(bug, people)).toEqual({
      exitCode: 1,
      text: 'hookctl: unexpected failure: cannot read x\nnext: a bug: run it again with --debug for the details\n',
    })
  })
  test('with --debug comes with its stack and that of its cause', () => {
    const {text} = renderFailure(bug, {...people, debug: true})
    expect(text).toMatch(/^\s+at /m)
    expect(text).toContain('caused by: Error: deeper')
  })
  test('as JSON stays one line of JSON', () => {
    for (const debug of [false, true]) {
      const {text} = renderFailure(bug, {json: true, debug})
      expect(text.trimEnd()).not.toContain('\n')
      expect(JSON.parse(text).error).toMatchObject({code: 'unexpected', hint: expect.stringContaining('--debug')})
      expect('stack' in JSON.parse(text).error).toBe(debug)
    }
  })
  test('of something thrown that is no error is told too', () => {
    expect(renderFailure('text', people).exitCode).toBe(1)
    expect(renderFailure(undefined, people).exitCode).toBe(1)
  })
})

test('what a failure says has passed the escaping', () => {
  const {text} = renderFailure(new HookctlError('usage', 'c', 'a\u001b[2J\nb', {hint: '\u009b2J'}), people)
  expect(text).toBe('hookctl: a\\x1b[2J\\nb\nnext: \\x9b2J\n')
})

test('a usage error without a next step points to the help of what was run', () => {
  const {text} = renderFailure(new HookctlError('usage', 'c', 'm'), {...people, command: 'webhook create'})
  expect(text).toBe('hookctl: m\nnext: hookctl webhook create --help\n')
})
