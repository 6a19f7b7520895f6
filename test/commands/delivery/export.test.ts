import type {EventEmitter} from 'node:events'
import {expect, test} from 'vitest'
import {exportDeliveries} from '../../../src/cli/export-deliveries.ts'
import type {Client} from '../../../src/client/client.ts'
import {notFoundError} from '../../../src/errors.ts'
import {answers} from '../../harness/receiver.ts'
import {aSetting, type Setting} from '../../harness/setting.ts'

const send = ['event', 'send', 'node.added', '--example', '--wait']

interface Line {
  readonly id: string
  readonly state: string
  readonly eventId: string
  readonly events: readonly {readonly id: string}[]
  readonly body: {readonly content: string}
  readonly attempts: readonly {
    readonly status: number
    readonly requestHeaders: readonly {readonly name: string; readonly value: string}[]
  }[]
}

const linesOf = (text: string): readonly Line[] =>
  text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Line)

/** Three deliveries, the second of which was refused. */
async function three(setting: Setting): Promise<void> {
  await setting.webhook('one', '--retry', 'manual', '--header', 'Authorization: Bearer canary')
  setting.receiver.next(answers.status(204), answers.status(404, {body: 'who?'}))
  for (let n = 0; n < 3; n++) await setting.hookctl(send)
}

test('writes what delivery list says of every delivery, newest first, a line of JSON each', async () => {
  await using setting = await aSetting()
  await three(setting)
  const {stdout, stderr, exitCode} = await setting.hookctl(['delivery', 'export'])
  const {data} = await setting.json<{data: Line[]}>('delivery', 'list')
  expect([exitCode, stderr, linesOf(stdout)]).toEqual([0, '', data])
  expect(data.map(({state}) => state)).toEqual(['delivered', 'failed', 'delivered'])
})

test('takes the filters of delivery list, and refuses what they do not know before it writes anything', async () => {
  await using setting = await aSetting()
  await three(setting)
  const failed = await setting.hookctl(['delivery', 'export', '--status', '4xx', '--quiet'])
  const listed = await setting.hookctl(['delivery', 'list', '--status', '4xx', '--quiet'])
  expect(failed).toMatchObject({exitCode: 0, stdout: listed.stdout})
  expect(listed.stdout).toMatch(/^dlv_\w+\n$/)
  for (const [flags, code] of [
    [['--state', 'fialed'], 'invalid_value'],
    [['--status', '4x'], 'bad_status'],
    [['--sate', 'failed'], 'unknown_flag'],
    [['--fields', 'nope'], 'unknown_field'],
  ] as const) {
    const refused = await setting.hookctl(['delivery', 'export', ...flags, '--json'])
    expect([refused.exitCode, refused.stdout, JSON.parse(refused.stderr).error.code]).toEqual([2, '', code])
  }
})

test('with --details each has its events, its body and every attempt, credentials masked', async () => {
  await using setting = await aSetting()
  await three(setting)
  const {stdout} = await setting.hookctl(['delivery', 'export', '--details', '--state', 'failed'])
  const [line, ...more] = linesOf(stdout) as [Line]
  expect(more).toEqual([])
  expect(line.events.map(({id}) => id)).toEqual([line.eventId])
  expect(line.body.content).toContain('"event":"node.added"')
  expect(line.attempts.map(({status}) => status)).toEqual([404])
  expect(line.attempts[0]?.requestHeaders).toContainEqual({name: 'Authorization', value: '***'})
  expect(stdout).not.toContain('canary')
})

test('a delivery that was removed while the others were written is told as far as it was known', async () => {
  const client = {
    call: async (name: string) => {
      if (name === 'delivery.list') return {items: [{id: 'dlv_1', state: 'delivered'}], next: null}
      throw notFoundError('delivery_not_found', 'no delivery "dlv_1"')
    },
  } as unknown as Client
  const options = {details: true, signal: new AbortController().signal}
  const written = await Array.fromAsync(exportDeliveries(client, {organization: 'default'}, options))
  expect(written).toEqual([{id: 'dlv_1', state: 'delivered'}])
})

test.each(['SIGINT', 'SIGTERM'] as const)('ended by %s it does not say that this was all', async signal => {
  await using setting = await aSetting()
  await three(setting)
  let signals: EventEmitter | undefined
  const result = await setting.hookctl(['delivery', 'export'], {
    signals: emitter => {
      signals = emitter
    },
    onStdout: () => void signals?.emit(signal),
  })
  expect([result.exitCode, linesOf(result.stdout).length]).toEqual([130, 1])
})

test('for a spreadsheet: the columns that are asked for, with a tab between them', async () => {
  await using setting = await aSetting()
  await three(setting)
  const {stdout} = await setting.hookctl(['delivery', 'export', '-o', 'tsv', '--fields', 'state,webhook,last'])
  expect(stdout).toBe('delivered\tone\t204\nfailed\tone\t404\ndelivered\tone\t204\n')
})

test('goes on from page to page, with one in memory, until there is none or it is interrupted', async () => {
  const asked: unknown[] = []
  const client = {
    call: async (_name: string, {cursor}: {cursor?: string}) => {
      asked.push(cursor)
      const at = Number(cursor ?? 0)
      return {items: [{id: `dlv_${at}`}, {id: `dlv_${at + 1}`}], next: at < 4 ? String(at + 2) : null}
    },
  } as unknown as Client
  const interruption = new AbortController()
  const read = async (most: number) => {
    const ids: string[] = []
    const options = {details: false, signal: interruption.signal}
    for await (const {id} of exportDeliveries(client, {organization: 'default'}, options)) {
      if (ids.push(id) === most) interruption.abort()
    }
    return ids
  }
  expect(await read(100)).toEqual(['dlv_0', 'dlv_1', 'dlv_2', 'dlv_3', 'dlv_4', 'dlv_5'])
  expect(asked).toEqual([undefined, '2', '4'])
  expect(await read(3)).toEqual(['dlv_0', 'dlv_1', 'dlv_2'])
  expect(asked).toHaveLength(5)
})
