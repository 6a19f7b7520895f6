import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {commandModules} from '../harness/cli.ts'
import {answers} from '../harness/receiver.ts'
import {aSetting, type Setting} from '../harness/setting.ts'

/**
 * Examples pasted as they stand, into a setting where what they name exists. Ids in them stand for ids there are, and
 * the receiver on port 9000 for the test's own. Topics whose own tests run their examples are not in here.
 */
const TOPICS =
  /^(?:webhook|event|delivery|activity|history|platform (?:list|show)|worker|serve|status|doctor|commands)\b/

const lines: readonly string[] = (
  await Promise.all(
    [...commandModules].map(async ([name, load]) => {
      if (!TOPICS.test(name)) return []
      const examples = (await load()).examples as readonly string[]
      return examples.map(example => example.split('\n').at(-1) as string)
    }),
  )
).flat()

/** Words as a shell would hand them over; what comes behind a pipe or a redirection is left out. */
function words(line: string): string[] {
  const found: string[] = []
  for (const [word] of line.matchAll(/'[^']*'|"[^"]*"|[|<>]|[^\s'"|<>]+/g)) {
    if (/^[|<>]$/.test(word)) break
    found.push(word.replace(/^(['"])(.*)\1$/s, '$2'))
  }
  return found
}

/** What the examples name: webhooks, files, a delivery that failed for good and one that waits. */
async function prepare(setting: Setting, line: string): Promise<(word: string) => string> {
  const {home, receiver, json, url} = setting
  const write = (name: string, text: string | Uint8Array) => writeFileSync(path.join(home.path, name), text)
  const failed = await firstDelivery(setting)
  const [change] = await setting.rows('history', 'list', '--object-type', 'Webhook')
  write('new-secret', 'a-secret-of-16b!')
  write('site.json', '{"id":54,"name":"ams"}')
  write('events.ndjson', '{"type":"node.added","data":{"name":"a","nebula_ip":""}}\n')
  write('body.json', receiver.requests[0]?.body ?? '')
  if (/webhook create .*--name cmdb/.test(line)) await json('webhook', 'delete', 'cmdb', '--yes')
  if (line.includes('worker enable')) await json('worker', 'disable')
  if (line.includes('webhook flush')) await setting.webhook('siem', '--platform', 'procustodibus', '--event', 'alerts')
  let delivery = failed.delivery
  if (/cancel/.test(line)) {
    await json('webhook', 'edit', 'cmdb', '--retry', '10m')
    receiver.next(answers.status(500))
    delivery = (await json('event', 'send', 'dcim.site.created', '--example')).deliveries[0].id
  }
  const real: Readonly<Record<string, string>> = {dlv: delivery, evt: failed.event, hst: change?.id}
  return word =>
    word
      .replace(/\b(dlv|evt|hst)_[0-9a-f]{32}\b/, (_, kind: string) => real[kind] ?? '')
      .replace('http://127.0.0.1:9000/', url('/'))
}

async function firstDelivery(setting: Setting): Promise<{delivery: string; event: string}> {
  await setting.webhook('cmdb', '--platform', 'netbox@2.6', '--event', 'dcim.site.*')
  setting.receiver.next(answers.status(500))
  const {id, deliveries} = await setting.json('event', 'send', 'dcim.site.created', '--example')
  return {delivery: deliveries[0].id, event: id}
}

/** They go on until Ctrl-C. */
const FOLLOWS = /^hookctl (?:(?:delivery|activity) tail|worker run|serve)\b(?!.*--drain)/

test.each([...new Set(lines)])('%s', {timeout: 30_000}, async template => {
  const line = template.replaceAll('<%= config.bin %>', 'hookctl')
  await using setting = await aSetting()
  const real = await prepare(setting, line)
  // As it stands, on a port that is free here: 8700 may be somebody's own server.
  const port = /^hookctl serve\b(?!.*--listen)/.test(line) ? ['--listen', '127.0.0.1:0'] : []
  let interrupt = () => {}
  const running = setting.hookctl([...words(line).slice(1).map(real), ...port], {
    env: {CMDB_SECRET: 'a-secret-of-16b!', HOOK_SECRET: 'a-secret-of-16b!'},
    ...(/ delete (?!.*--yes)/.test(line) ? {tty: {stdin: true, stderr: true}, answers: [[/\?/, 'y\r']] as const} : {}),
    signals: emitter => {
      interrupt = () => emitter.emit('SIGINT')
    },
  })
  if (FOLLOWS.test(line)) {
    // A signal before the command has asked for it ends it at once: with the same code for a tail.
    const again = setInterval(() => interrupt(), 200)
    const result = await running.finally(() => clearInterval(again))
    expect(result.stderr).not.toMatch(/^hookctl: /m)
    expect([0, 130]).toContain(result.exitCode)
    return
  }
  const result = await running
  expect(result, result.stderr).toMatchObject({exitCode: 0})
})
