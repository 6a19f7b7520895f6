import {mkdirSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {Readable} from 'node:stream'
import {describe, expect, test} from 'vitest'
import {readBytes, readBytesOrText, readJson} from '../../src/cli/bytes.ts'
import {processSurroundings} from '../../src/cli/config.ts'
import {readSecrets} from '../../src/cli/secrets.ts'
import {resolveSettings} from '../../src/cli/settings.ts'
import {secretsOrAsk} from '../../src/cli/signing/secret-texts.ts'
import {type Home, temporaryHome} from '../harness/cli.ts'

function inside(home: Home, {stdin = '', env = {}}: {stdin?: string | Uint8Array; env?: Record<string, string>} = {}) {
  const surroundings = {
    ...processSurroundings(),
    cwd: home.path,
    home: home.path,
    env: {...home.env, ...env},
    stdin: Object.assign(Readable.from([Buffer.from(stdin as string)]), {isTTY: false}),
  }
  const notices: string[] = []
  return {
    surroundings,
    notices,
    notice: (text: string) => void notices.push(text),
    settings: resolveSettings({}, surroundings),
  }
}

describe('bytes are read as they are', () => {
  test.each([
    ['a\n'],
    ['a\r\n'],
    ['\u0000\u0001'],
    ['\ufeffa'],
    [''],
    ['  a  '],
    [Buffer.from([0xff, 0xfe, 0x0a])],
    [Buffer.alloc(3_000_000, 7)],
  ])('from a file and from stdin alike (%#)', async content => {
    await using home = temporaryHome()
    const bytes = Buffer.from(content as string)
    writeFileSync(path.join(home.path, 'body'), bytes)
    expect((await readBytes('body', inside(home).surroundings)).equals(bytes)).toBe(true)
    expect((await readBytes('-', inside(home, {stdin: bytes}).surroundings)).equals(bytes)).toBe(true)
    expect((await readBytesOrText('@body', inside(home).surroundings)).equals(bytes)).toBe(true)
  })

  test.each([
    ['nope', 'file_not_found', 'no file nope'],
    ['folder', 'file_not_readable', 'cannot read folder: it is a directory'],
    ['body/x', 'file_not_readable', 'cannot read body/x: part of the path is not a directory'],
  ])('%s is refused as %s', async (file, code, message) => {
    await using home = temporaryHome()
    mkdirSync(path.join(home.path, 'folder'))
    writeFileSync(path.join(home.path, 'body'), '')
    await expect(readBytes(file, inside(home).surroundings)).rejects.toMatchObject({code, message})
  })

  test('- on a terminal is refused instead of waiting for somebody to type', async () => {
    await using home = temporaryHome()
    const {surroundings} = inside(home)
    const stdin = Object.assign(Readable.from([]), {isTTY: true})
    await expect(readBytes('-', {...surroundings, stdin})).rejects.toMatchObject({code: 'stdin_is_terminal'})
  })

  test('JSON that is none is refused by place, without its content', async () => {
    await using home = temporaryHome()
    await expect(readJson('data', '{"a": hunter2}', inside(home).surroundings)).rejects.toMatchObject({
      code: 'invalid_json',
      message: expect.not.stringContaining('hunter2'),
    })
    expect(await readJson('data', '{"a": [1]}', inside(home).surroundings)).toEqual({a: [1]})
  })
})

describe('secrets', () => {
  test.each([
    ['s3cret', 's3cret', undefined],
    ['s3cret\n', 's3cret', 'LF'],
    ['s3cret\r\n', 's3cret', 'CRLF'],
    ['s3cret\n\n', 's3cret\n', 'LF'],
    ['s3cret\r', 's3cret\r', undefined],
    [' s3cret ', ' s3cret ', undefined],
  ])('from a file holding %j lose exactly one line end, and it is said', async (content, secret, stripped) => {
    await using home = temporaryHome()
    writeFileSync(path.join(home.path, 's'), content)
    for (const [file, reader] of [
      ['s', inside(home)],
      ['-', inside(home, {stdin: content})],
    ] as const) {
      expect(await readSecrets({'secret-file': [file]}, reader)).toEqual([secret])
      expect(reader.notices).toEqual(stripped ? [expect.stringContaining(stripped)] : [])
    }
  })

  test('come from the environment untouched', async () => {
    await using home = temporaryHome()
    const reader = inside(home, {env: {A: ' x\n'}})
    expect(await readSecrets({'secret-env': ['A']}, reader)).toEqual([' x\n'])
  })

  test.each([
    [{secret: 'hunter2'}, 'secret_on_command_line'],
    [{secret: ''}, 'secret_on_command_line'],
    [{'secret-env': ['NOPE']}, 'secret_not_set'],
    [{'secret-env': ['constructor']}, 'secret_not_set'],
    [{'secret-env': ['EMPTY']}, 'secret_empty'],
    [{'secret-file': ['-']}, 'secret_empty'],
    [{'secret-file': ['nope']}, 'file_not_found'],
    [{'secret-file': ['binary']}, 'secret_not_text'],
  ])('%j is refused as %s and not repeated', async (flags, code) => {
    await using home = temporaryHome()
    writeFileSync(path.join(home.path, 'binary'), Buffer.from([...Buffer.from('hunter2'), 0xff, 0x0a]))
    const failure = readSecrets(flags, inside(home, {env: {EMPTY: ''}}))
    await expect(failure).rejects.toMatchObject({code})
    await expect(failure).rejects.not.toMatchObject({message: expect.stringContaining('hunter2')})
  })

  test('are asked for where no flag names one, and off a terminal the flags are named', async () => {
    await using home = temporaryHome()
    const failure = secretsOrAsk({}, inside(home), 'Secret')
    await expect(failure).rejects.toMatchObject({
      code: 'missing_value',
      message: expect.stringContaining('--secret-env'),
    })
  })
})
