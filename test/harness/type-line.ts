import {expect} from 'vitest'
import {NEEDS, type World} from './example-world.ts'
import {commandModules} from './program.ts'
import {aTerminal, ended} from './terminal.ts'
import {needsShell, typedWords} from './typed-words.ts'

/** They go on until Ctrl-C. */
const FOLLOWS =
  /^hookctl (?:(?:delivery|activity) tail|status --watch|worker run|serve|listen)\b(?!.*--(?:drain|no-follow|ready-file))/

/**
 * Types a line of help or docs as it stands: in a shell where it needs one, else in this process. It must end with 0;
 * what would follow for ever gets a Ctrl-C, and a question a yes.
 */
export async function typeLine(world: World, typed: string): Promise<void> {
  const needs = NEEDS.filter(({when}) => when.test(typed))
  for (const {before} of needs) await before?.(world, typed)
  await using there = new AsyncDisposableStack()
  for (const {alongside} of needs) if (alongside) there.use(await alongside(world))
  const line = real(world, typed)
  const others = Promise.all(needs.map(({meanwhile}) => meanwhile?.(world)))
  if (needsShell(line)) {
    const result = await ended(aTerminal(world.home, world.env)(line))
    expect(result, result.stderr).toMatchObject({exitCode: 0})
  } else if (FOLLOWS.test(line)) await typeAndInterrupt(world, line)
  else {
    const result = await world.hookctl(typedWords(line).slice(1), await readyToAnswer(line))
    expect(result, result.stderr).toMatchObject({exitCode: 0})
  }
  await others
}

/** With ids there are, the world's receiver for the one on port 9000, and free ports: 8700 may be somebody's server. */
function real({ids, env, receiver}: World, line: string): string {
  const seen: Record<string, string[]> = {}
  const known = line.replaceAll(/\b([a-z]{3})_[0-9a-f]{32}\b/g, (id, kind: string) => {
    seen[kind] ??= []
    if (!seen[kind].includes(id)) seen[kind].push(id)
    return ids[kind]?.[seen[kind].indexOf(id)] ?? id
  })
  return (
    known
      .replaceAll('6a72aac2…', env.SIGNATURE!)
      .replaceAll('http://127.0.0.1:9000', receiver.url)
      // Of a source, whose server takes what the receiver takes.
      .replaceAll('http://127.0.0.1:8700/in/', `${receiver.url}/in/`)
      .replaceAll('--port 9000', '--port 0')
      .replace(/^hookctl serve\b(?!.*--listen)/, '$& --listen 127.0.0.1:0')
  )
}

/** What asks before it destroys is answered, on a terminal, as the example has it. */
async function readyToAnswer(line: string) {
  const asks = typedWords(line).slice(1)
  const name = [asks.slice(0, 2).join(' '), asks[0]!].find(each => commandModules.has(each))
  const flags = name === undefined ? {} : (await commandModules.get(name)!()).flags
  if (flags?.yes === undefined || /--yes|--dry-run/.test(line)) return {}
  return {tty: {stdin: true, stderr: true}, answers: [[/\?/, 'y\r']] as const}
}

async function typeAndInterrupt(world: World, line: string): Promise<void> {
  let interrupt = () => {}
  const running = world.hookctl(typedWords(line).slice(1), {
    signals: emitter => {
      interrupt = () => emitter.emit('SIGINT')
    },
  })
  // A signal before the command has asked for it ends it at once: with the same code for a tail.
  const again = setInterval(() => interrupt(), 200)
  const result = await running.finally(() => clearInterval(again))
  expect(result.stderr).not.toMatch(/^hookctl: /m)
  expect([0, 130]).toContain(result.exitCode)
}
