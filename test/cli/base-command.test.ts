import {EventEmitter} from 'node:events'
import {Writable} from 'node:stream'
import {describe, expect, test} from 'vitest'
import {HookctlCommand} from '../../src/cli/base-command.ts'
import {type Catalog, programOf} from '../../src/cli/catalog.ts'
import {processSurroundings} from '../../src/cli/config.ts'
import {pageFlags} from '../../src/cli/flags.ts'
import {STREAM_FORMATS} from '../../src/cli/output/formats.ts'
import type {PageRequest} from '../../src/domain/page.ts'
import {runCommandLine} from '../../src/main.ts'

interface Row {
  readonly id: string
}

const columns = [{key: 'id'}]
const all = Array.from({length: 2500}, (_, at): Row => ({id: `r${at}`}))
let asked: PageRequest[] = []

class Rows extends HookctlCommand<typeof Rows> {
  static override flags = pageFlags
  protected override columns = columns
  async run() {
    return this.list<Row>(async request => {
      asked.push(request)
      const from = Number(request.cursor ?? 0)
      const to = from + request.limit
      return {items: all.slice(from, to), next: to < all.length ? String(to) : null}
    })
  }
}

class Follow extends HookctlCommand<typeof Follow> {
  protected override columns = columns
  protected override formats = STREAM_FORMATS
  async run() {
    const signal = this.interruption()
    async function* items() {
      yield {id: 'a'}
      if (!signal.aborted) await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
    }
    return this.stream(items())
  }
}

class No extends HookctlCommand<typeof No> {
  async run() {
    this.answerNo()
    return {valid: false}
  }
}

class Stubborn extends HookctlCommand<typeof Stubborn> {
  async run() {
    this.interruption()
    await this.answer({}, 'working\n')
    await new Promise(() => {})
  }
}

const classes = {rows: Rows, follow: Follow, no: No, stubborn: Stubborn}
const catalog = {
  program: programOf('1.2.3', () => Promise.reject(new Error('nobody asks'))),
  names: Object.keys(classes),
  load: async (name: keyof typeof classes) => classes[name],
} as unknown as Catalog

async function run(argv: readonly string[], {signals = new EventEmitter(), onStdout = () => {}, env = {}} = {}) {
  const texts = {stdout: '', stderr: ''}
  const sink = (name: keyof typeof texts) =>
    new Writable({
      write(chunk, _, done) {
        texts[name] += chunk
        if (name === 'stdout') onStdout()
        done()
      },
    })
  const exited = Promise.withResolvers<number>()
  asked = []
  const surroundings = {
    ...processSurroundings(),
    cwd: '/',
    home: '/nonexistent',
    env,
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    signals,
    exit: (code: number) => exited.resolve(code),
  }
  const exitCode = await Promise.race([runCommandLine(argv, surroundings, async () => catalog), exited.promise])
  return {...texts, exitCode, listeners: signals.listenerCount('SIGINT') + signals.listenerCount('SIGTERM')}
}

describe('a list', () => {
  test('prints one page and says on stderr how to go on', async () => {
    const result = await run(['rows', '--limit', '2'])
    expect(result).toMatchObject({stdout: 'r0\nr1\n', exitCode: 0})
    expect(result.stderr).toBe('showing 2; there are more: --all, or --cursor 2\n')
    expect((await run(['rows', '--limit', '2', '--cursor', '2'])).stdout).toBe('r2\nr3\n')
  })
  test('says nothing beside ids with -q, and puts the cursor into JSON', async () => {
    expect((await run(['rows', '--limit', '2', '-q'])).stderr).toBe('')
    expect(JSON.parse((await run(['rows', '--limit', '1', '--json'])).stdout)).toEqual({
      data: [{id: 'r0'}],
      page: {next: '1'},
    })
  })
  test('with --all reads every page and has no next one', async () => {
    const {stdout, stderr} = await run(['rows', '--all'])
    expect(stdout.trimEnd().split('\n')).toHaveLength(2500)
    expect({stderr, calls: asked.length}).toEqual({stderr: '', calls: 4})
    expect(JSON.parse((await run(['rows', '--all', '--json'])).stdout)).toEqual({data: all})
  })
  test('takes --all or --cursor, not both', async () => {
    expect((await run(['rows', '--all', '--cursor', '1'])).stderr).toContain('cannot be used together')
  })
})

describe('a stream', () => {
  test.each([
    [[], 'a\n'],
    [['--json'], '{"id":"a"}\n'],
    [['-o', 'jsonl'], '{"id":"a"}\n'],
  ])('with %j is a line for each item until Ctrl-C, which ends it with 130', async (flags, stdout) => {
    const signals = new EventEmitter()
    const result = await run(['follow', ...flags], {signals, onStdout: () => signals.emit('SIGINT')})
    expect(result).toEqual({stdout, stderr: '', exitCode: 130, listeners: 0})
  })
  test('ends in good order with SIGTERM', async () => {
    const signals = new EventEmitter()
    expect((await run(['follow'], {signals, onStdout: () => signals.emit('SIGTERM')})).exitCode).toBe(0)
  })
  test('is refused in a form it cannot have, and passes over one that is only configured', async () => {
    const refused = await run(['follow', '-o', 'table'])
    expect(refused).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('only as compact, json, jsonl'),
    })
    const signals = new EventEmitter()
    const env = {HOOKCTL_OUTPUT: 'table'}
    expect((await run(['follow'], {signals, env, onStdout: () => signals.emit('SIGINT')})).stdout).toBe('a\n')
  })
})

test('a second Ctrl-C ends at once what the first one did not', async () => {
  const signals = new EventEmitter()
  const twice = () => signals.emit('SIGINT') && signals.emit('SIGINT')
  expect(await run(['stubborn'], {signals, onStdout: twice})).toMatchObject({exitCode: 130, stdout: 'working\n'})
})

test('an answer that is no is exit code 7 with the answer on stdout', async () => {
  expect(await run(['no', '--json'])).toMatchObject({exitCode: 7, stdout: '{\n  "valid": false\n}\n', stderr: ''})
  expect(await run(['no'])).toMatchObject({exitCode: 7, stdout: '', stderr: ''})
})
