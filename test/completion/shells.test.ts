import {spawnSync} from 'node:child_process'
import {readdirSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {onTerminal, type Pty} from '../harness/pty.ts'
import {aSetting, type Setting} from '../harness/setting.ts'
import {hookctlOnPath} from '../harness/terminal.ts'

/** TAB in real shells, with names that would be run if they were put into the line as they are. */

const HOSTILE = 'Ops "$(touch pwned)" `touch pwned` \'$HOME\' ; !x'
const isThere = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0

let setting: Setting
let env: Record<string, string | undefined>
beforeAll(async () => {
  setting = await aSetting()
  for (const name of ['cmdb', HOSTILE]) await setting.webhook(name)
  env = {...setting.home.env, PATH: `${hookctlOnPath(setting.home)}:${process.env.PATH}`}
  writeFileSync(path.join(setting.home.path, 'a $(touch pwned) b'), '')
  writeFileSync(path.join(setting.home.path, 'body.json'), '{}')
}, 60_000)
afterAll(() => setting[Symbol.asyncDispose]())

/** Shows the words it was called with instead of running, so that one sees what a shell made of the line. */
const POSIX = `hookctl() { if [ "$1" = complete ]; then command hookctl "$@"; else printf '[%s]' "$@"; echo .; fi; }`

interface Driven {
  readonly name: string
  readonly program: string
  readonly rc: string
  readonly file: string
  readonly start: string
}

const DRIVEN: readonly Driven[] = [
  {
    name: 'bash',
    program: 'bash',
    file: 'rc.bash',
    // Twice: many a .bashrc is read again.
    rc: `eval "$(hookctl complete bash)"\neval "$(hookctl complete bash)"\n${POSIX}\nPS1='ready> '\n`,
    start: 'bash --noprofile --rcfile rc.bash -i',
  },
  {
    name: 'zsh',
    program: 'zsh',
    file: '.zshrc',
    rc: `autoload -Uz compinit && compinit -u\neval "$(hookctl complete zsh)"\n${POSIX}\nPS1='ready> '\n`,
    start: 'ZDOTDIR=. zsh -i',
  },
]

/** What is typed, and the words the program gets. */
const LINES: readonly (readonly [typed: string, words: readonly string[]])[] = [
  ['hookctl webh\t sho\t cm\t', ['webhook', 'show', 'cmdb']],
  ['hookctl webhooks sho\t Op\t', ['webhooks', 'show', HOSTILE]],
  ["hookctl webhook show 'Op\t", ['webhook', 'show', HOSTILE]],
  ['hookctl delivery list --state=fai\t', ['delivery', 'list', '--state=failed']],
  ['hookctl delivery list --state failed,pe\t', ['delivery', 'list', '--state', 'failed,pending']],
  ['hookctl webhook create --platform netbox@2.7\t', ['webhook', 'create', '--platform', 'netbox@2.7']],
  ['hookctl webhook list --organ\t', ['webhook', 'list', '--organization']],
  ['hookctl sign --body bod\t', ['sign', '--body', 'body.json']],
  ['hookctl event send --data @bod\t', ['event', 'send', '--data', '@body.json']],
  ['hookctl event send --data @a\t', ['event', 'send', '--data', '@a $(touch pwned) b']],
  ['true; hookctl webhook dis\t', ['webhook', 'disable']],
]

describe.each(DRIVEN)('$name', ({name, program, rc, file, start}) => {
  const missing = [program, 'script'].filter(each => !isThere(each))
  const title = missing.length === 0 ? '' : ` (skipped: ${missing.join(', ')} is not installed)`

  test.skipIf(missing.length > 0)(
    `${name} completes names, values and files, and runs none of them${title}`,
    {timeout: 60_000},
    async () => {
      writeFileSync(path.join(setting.home.path, file), rc)
      await using shell: Pty = onTerminal(start, {cwd: setting.home.path, env})
      await shell.type('', /ready> /)
      for (const [typed, words] of LINES) {
        const shown = await shell.type(`${typed}\r`, /\[.*\]\.[\s\S]*ready> /)
        expect([typed, /(\[.*\])\.\r?\n/.exec(shown)?.[1]]).toEqual([typed, words.map(word => `[${word}]`).join('')])
      }
      expect(readdirSync(setting.home.path)).not.toContain('pwned')
    },
  )
})

const noFish = !isThere('fish')

test.skipIf(noFish)(
  `fish completes names, values and files${noFish ? ' (skipped: fish is not installed)' : ''}`,
  () => {
    const complete = (line: string) => {
      const {stdout} = spawnSync(
        'fish',
        ['--no-config', '-c', 'hookctl complete fish | source; complete -C $argv[1]', line],
        {
          cwd: setting.home.path,
          env: env as NodeJS.ProcessEnv,
          encoding: 'utf8',
        },
      )
      return stdout.split('\n').flatMap(each => (each === '' ? [] : each.split('\t')[0]!))
    }
    for (const [typed, words] of LINES) {
      const line = typed.replaceAll('sho\t', 'show').replaceAll('webh\t', 'webhook').replace(/\t$/, '')
      expect([line, complete(line)]).toEqual([line, [words.at(-1)]])
    }
    expect(readdirSync(setting.home.path)).not.toContain('pwned')
  },
)

test('powershell gets each word quoted where it would not be text, with what to show for it', () => {
  const ask = (line: string) =>
    spawnSync('hookctl', ['complete', '--shell', 'powershell'], {
      env: {...env, HOOKCTL_COMPLETE_LINE: line} as NodeJS.ProcessEnv,
      encoding: 'utf8',
    }).stdout
  expect(ask('hookctl webhook show ')).toBe(
    `'Ops "$(touch pwned)" \`touch pwned\` ''$HOME'' ; !x'\t${HOSTILE}\tcatalyst@1\ncmdb\tcmdb\tcatalyst@1\n`,
  )
  expect(ask('hookctl delivery list --state failed,pe')).toBe("'failed,pending'\tfailed,pending\t\n")
  const {stdout} = spawnSync('hookctl', ['complete', 'powershell'], {env: env as NodeJS.ProcessEnv, encoding: 'utf8'})
  expect(stdout).toContain('Register-ArgumentCompleter -Native -CommandName hookctl -ScriptBlock {')
  expect(stdout).toContain(
    "[System.Management.Automation.CompletionResult]::new($value, $shown, 'ParameterValue', $text)",
  )
  expect(stdout).toContain('-split "`t", 3')
})
