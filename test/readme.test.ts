import {createHmac} from 'node:crypto'
import {once} from 'node:events'
import {existsSync, globSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test, vi} from 'vitest'
import {EXIT_MEANINGS} from '../src/cli/exit-codes.ts'
import {temporaryHome} from './harness/cli.ts'
import {answers, openReceiver} from './harness/receiver.ts'
import {aTerminal, ended, running, succeed} from './harness/terminal.ts'

const root = path.join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')
const readme = read('README.md')

const section = (title: string): string => readme.split(`\n## ${title}\n`)[1]!.split('\n## ')[0]!
const shellBlock = (title: string): string => /```sh\n([\s\S]*?)```/.exec(section(title))![1]!
const commandLines = (title: string): string[] =>
  shellBlock(title)
    .split('\n')
    .map(line => line.replace(/\s+# .*$/, ''))
    .filter(line => line !== '')

test('the pipeline of the README runs as it stands, in a plain shell', async () => {
  await using home = temporaryHome()
  const pipeline = aTerminal(home)(shellBlock('The pipeline'))
  await using _ = running(pipeline)
  const stdout = await succeed(pipeline)
  expect(stdout).toMatch(/^accepted dcim\.site\.created \(evt_\w+\), delivered to 1 of 1$/m)
  expect(stdout).toMatch(/^came: 1 of 1 dcim\.site\.created with data\.name=ams$/m)
})

test('every line of the administrator in the README works', async () => {
  await using home = temporaryHome()
  await using receiver = await openReceiver()
  receiver.next(answers.status(204), answers.status(500))
  const terminal = aTerminal(home)
  const [serve, create, testIt, send, ...after] = commandLines('The administrator at a terminal') as [
    string,
    string,
    string,
    string,
    ...string[],
  ]
  expect([serve, create]).toEqual(['hookctl serve', 'hookctl webhook create'])
  const server = terminal(`${serve} --listen 127.0.0.1:0`)
  await using _ = running(server)
  await once(server.stdout!, 'data')
  const answersToItsQuestions = `--name cmdb --platform catalyst --event node.added --url ${receiver.url} --allow-http`
  await succeed(terminal(`${create} ${answersToItsQuestions} --retry manual`))
  await succeed(terminal(testIt))
  await succeed(terminal(send))
  const failed = await vi.waitFor(async () => {
    const id = (await succeed(terminal('hookctl delivery list --state failed --output id'))).trim()
    expect(id).toMatch(/^dlv_\w+$/)
    return id
  }, 10_000)
  const printed = new Map<string, string>()
  for (const line of after) {
    const typed = line.replace('dlv_…', failed)
    printed.set(line, await succeed(terminal(typed.endsWith(' tail') ? `${typed} --no-follow` : typed)))
  }
  expect(printed.get('hookctl delivery list --undelivered --since 1d')).toContain(failed)
  expect(printed.get('hookctl activity list')).toContain('Node “db-1” was created.')
  expect(section('The administrator at a terminal')).toContain('# Node “db-1” was created.')
  expect(receiver.requests).toHaveLength(3)
})

test('every line of the developer in the README works', async () => {
  await using home = temporaryHome()
  const body = '{"event": "created"}'
  const signature = createHmac('sha512', 's3cret').update(body).digest('hex')
  writeFileSync(path.join(home.path, 'body.json'), body)
  const terminal = aTerminal(home, {HOOK_SECRET: 's3cret', SIGNATURE: signature, BODY: body})
  const [verify, listen, verifySaved, sign] = commandLines('The developer of a receiver') as [
    string,
    string,
    string,
    string,
  ]
  await succeed(terminal(verify))
  const listening = terminal(`${listen} --port 0 --ready-file ready.json --count 1`)
  await using _ = running(listening)
  const ready = path.join(home.path, 'ready.json')
  await vi.waitFor(() => expect(existsSync(ready)).toBe(true), 10_000)
  const whole = ended(listening)
  await fetch(JSON.parse(readFileSync(ready, 'utf8')).url, {
    method: 'POST',
    body,
    headers: {'X-Hook-Signature': signature},
  })
  expect((await whole).exitCode).toBe(0)
  await succeed(terminal(verifySaved))
  expect(await succeed(terminal(sign))).toContain(signature)
})

test('the exit codes of the README are those of the program', () => {
  const rows = section('Exit codes').match(/^\| \d+ \| .* \|$/gm)
  expect(rows).toEqual(EXIT_MEANINGS.map(([code, meaning]) => `| ${code} | ${meaning} |`))
})

test('the transcript shows every step the demo has, to its end; else: npm run transcript', () => {
  const [, transcript = ''] = /<!-- transcript -->\n([\s\S]*?)<!-- transcriptstop -->/.exec(readme) ?? []
  const steps = [...read('src/cli/demo/tour.ts').matchAll(/\bstep\((['`])(.*?)\1\)/g)].map(match => match[2]!)
  expect(steps.length).toBeGreaterThan(5)
  for (const [at, step] of steps.entries()) {
    const words = step.split(/\$\{.*?\}/).map(part => RegExp.escape(part))
    expect(transcript).toMatch(new RegExp(`^${at + 1}  ${words.join('.+')}$`, 'm'))
  }
  expect(transcript).toMatch(/^\d+ events, .* nothing was left behind\.$/m)
  expect(transcript).not.toContain('DID NOT HAPPEN')
})

test('the README links every page of docs/', () => {
  for (const page of globSync('docs/*.md', {cwd: root})) expect(readme).toContain(`](${page})`)
})
