import {readFileSync} from 'node:fs'
import {beforeAll, describe, expect, test} from 'vitest'
import {aWorld, cases, type World} from '../harness/every-command.ts'
import {commandModules} from '../harness/program.ts'

const ESC = '\u001b'

test('every command has a case', () => {
  const {commands} = JSON.parse(readFileSync(new URL('../../oclif.manifest.json', import.meta.url), 'utf8'))
  const listed = Object.keys(commands).map(id => id.replaceAll(':', ' '))
  expect([...listed, ...commandModules.keys()].filter(name => !Object.hasOwn(cases, name))).toEqual([])
})

describe('--json', () => {
  let world: World
  beforeAll(async () => {
    world = await aWorld()
    return () => world.setting[Symbol.asyncDispose]()
  }, 30_000)

  const present = Object.entries(cases).filter(([name]) => commandModules.has(name))
  test.each(present)('%s', {timeout: 60_000}, async (_, {works, fails, alongside, lines, until, exitCode = 0}) => {
    let interrupt = () => {}
    const argv = [...works(world), '--json']
    const there = await alongside?.(world)
    const worked = await world.setting.hookctl(argv, {
      signals: emitter => {
        interrupt = () => emitter.emit('SIGINT')
      },
      onStdout: text => {
        if (until?.test(text)) interrupt()
      },
    })
    await there?.[Symbol.asyncDispose]()
    expect(worked, worked.stderr).toMatchObject({exitCode})
    for (const text of lines ? worked.stdout.trimEnd().split('\n') : [worked.stdout]) JSON.parse(text)
    expect(worked.stdout + worked.stderr).not.toContain(ESC)

    const failed = await world.setting.hookctl([...fails[0], '--json'])
    expect(failed, failed.stderr).toMatchObject({stdout: '', exitCode: fails[1]})
    const {error} = JSON.parse(failed.stderr.trimEnd().split('\n').at(-1) ?? '')
    expect(error).toMatchObject({code: expect.stringMatching(/^[a-z][a-z_]*$/), message: expect.any(String)})
    expect(failed.stderr).not.toMatch(/^\s+at /m)
    expect(failed.stderr).not.toContain(ESC)
  })
})
