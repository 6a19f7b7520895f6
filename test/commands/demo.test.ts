import type {EventEmitter} from 'node:events'
import {existsSync} from 'node:fs'
import path from 'node:path'
import {expect, test, vi} from 'vitest'
import {aSetting} from '../harness/setting.ts'

test('a demo that is interrupted leaves nothing behind and says so', async () => {
  await using setting = await aSetting()
  let interrupt: EventEmitter['emit'] | undefined
  const {exitCode, stdout, stderr} = await setting.hookctl(['demo'], {
    signals: emitter => {
      interrupt = emitter.emit.bind(emitter)
    },
    onStdout: text => {
      if (/Events, each accepted/.test(text)) interrupt?.('SIGINT')
    },
  })
  expect([exitCode, stderr]).toEqual([130, 'interrupted; nothing was left behind\n'])
  const [, store = ''] = /state in (\S+)/.exec(stdout) ?? []
  expect([path.basename(store), existsSync(path.dirname(store))]).toEqual(['hookctl.db', false])
})

test('a demo that can make no folder says where it tried', async () => {
  await using setting = await aSetting()
  vi.stubEnv('TMPDIR', path.join(setting.home.path, 'nothing'))
  const {exitCode, stderr} = await setting.hookctl(['demo'])
  vi.unstubAllEnvs()
  expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/no folder can be made in .*nothing.*TMPDIR=FOLDER/s)])
})
