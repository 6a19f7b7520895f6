import {existsSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {parse} from 'yaml'
import {temporaryHome} from './harness/cli.ts'
import {aFreePort} from './harness/free-port.ts'
import {aTerminal, ended, running} from './harness/terminal.ts'

/** The jobs of docs/ci.md, run as a runner would run them, with hookctl on the path already. */

const page = readFileSync(path.join(import.meta.dirname, '../docs/ci.md'), 'utf8')

const job = (title: string) => {
  const [, text] = /```yaml\n([\s\S]*?)```/.exec(page.split(`\n## ${title}\n`)[1]!)!
  return parse(text!).jobs?.webhooks ?? parse(text!).webhooks
}

/** What a runner without hookctl does first. */
const INSTALL = 'npm install --global "$HOOKCTL_PACKAGE"'

interface Step {
  readonly name?: string
  readonly uses?: string
  readonly run?: string
  readonly if?: string
}

test('the job for GitHub Actions runs as it stands, each step in a shell of its own', {timeout: 120_000}, async () => {
  await using home = temporaryHome()
  const {env, steps} = job('GitHub Actions') as {env: Record<string, string>; steps: readonly Step[]}
  const scripts = steps.filter(({run}) => run !== undefined && run !== INSTALL)
  expect(steps.length - scripts.length).toBe(3)
  const terminal = aTerminal(home, env, ['bash', '-e'])
  for (const {name, run} of scripts) {
    const child = terminal(run!)
    await using _ = running(child)
    const result = await ended(child)
    expect(result, `${name}: ${result.stdout}${result.stderr}`).toMatchObject({exitCode: 0})
  }
  expect(existsSync(path.join(home.path, 'hookctl.db'))).toBe(true)
})

test('the job for GitLab CI runs as it stands, all of it in one shell', {timeout: 120_000}, async () => {
  await using home = temporaryHome()
  const {
    variables,
    before_script: before,
    script,
  } = job('GitLab CI') as {
    variables: Record<string, string>
    before_script: string[]
    script: string[]
  }
  expect(before).toEqual([INSTALL])
  // The one thing that is another one here: somebody may listen on that port.
  const port = String(await aFreePort())
  const text = script.join('\n').replaceAll('8099', port)
  const child = aTerminal(home, variables, ['bash', '-e'])(text)
  await using _ = running(child)
  const result = await ended(child)
  expect(result, result.stdout + result.stderr).toMatchObject({exitCode: 0})
  expect(result.stdout).toContain('came: 3 of 3 alerts')
})

test('a job fails where the webhook tells it less than it expects', {timeout: 60_000}, async () => {
  await using home = temporaryHome()
  const {env, steps} = job('GitHub Actions') as {env: Record<string, string>; steps: readonly Step[]}
  const {run} = steps.find(({name}) => name?.startsWith('A new site'))!
  const child = aTerminal(home, env, ['bash', '-e'])(run!.replace('data.name=ams', 'data.name=fra --timeout 8s'))
  await using _ = running(child)
  const {exitCode, stdout} = await ended(child)
  expect(exitCode).toBe(8)
  expect(stdout).toContain('nearest, in request 1: data.name=fra: saw "ams"')
})
