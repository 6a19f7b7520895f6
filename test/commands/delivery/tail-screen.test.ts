import {readFileSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import {describe, expect, test, vi} from 'vitest'
import {answers} from '../../harness/receiver.ts'
import {aSetting, type Setting} from '../../harness/setting.ts'
import {hasTmux, openTmux} from '../../harness/tmux.ts'

async function aFailureAndASuccess(setting: Setting): Promise<void> {
  await setting.webhook('ops', '--retry', 'manual')
  setting.receiver.next(answers.status(503, {body: 'tired\u001b[2J'}))
  await setting.json('event', 'send', 'node.added', '--example')
  await setting.json('event', 'send', 'node.removed', '--example')
}

describe.skipIf(!hasTmux)('on a real terminal', () => {
  test('a failure is found, looked at, copied and sent again with keys; then the terminal is as before', async () => {
    await using setting = await aSetting()
    await aFailureAndASuccess(setting)
    using terminal = openTmux(setting.home, {columns: 100, rows: 20})
    terminal.type('echo what was there; hookctl delivery tail; echo rc=$?\n')
    await terminal.shows(/ {2}\S+ failed {4}503 .* ops .* node\.added .*\n> \S+ delivered 204 .* node\.removed/)
    terminal.press('Up', 'Enter')
    const shown = await terminal.shows(/hookctl delivery show dlv_[0-9a-f]{32} {2}\d+ more lines below/)
    expect(shown).toMatch(/^state +failed$/m)
    terminal.press('G')
    await terminal.shows(/^tired\\x1b\[2J$/m)
    terminal.press('q', 'c')
    await terminal.shows(/curl --include .*\n.*--request POST '[^']+\/in'[\s\S]*copied, where the terminal can/)
    terminal.press('q', 'r')
    await terminal.shows(/^send dlv_[0-9a-f]{32} again\? y\/n$/m)
    terminal.press('y')
    await terminal.shows(/^replayed 1, delivered 1$/m)
    expect(setting.receiver.requests).toHaveLength(3)
    terminal.resize(80, 12)
    await terminal.shows(/^hookctl delivery tail {2}stopped at a line {2}3 shown, 1 failed$/m)
    terminal.type('/removed')
    await terminal.shows(/^lines with these words: removed_/m)
    terminal.press('Enter')
    await terminal.shows(/1 shown, 0 failed {2}with: /)
    terminal.press('q')
    const after = await terminal.shows(/^(?:[$#] )?rc=0$/m)
    expect(after).toContain('what was there')
    expect(after).not.toContain('shown,')
    terminal.type('echo typed\n')
    await terminal.shows(/^[$#] echo typed\ntyped$/m)
  })

  test.each([
    ['Ctrl-C', 130],
    ['SIGTERM', 0],
  ])('%s gives the terminal back, and the code of it', async (signal, code) => {
    await using setting = await aSetting()
    await aFailureAndASuccess(setting)
    using terminal = openTmux(setting.home)
    terminal.type(`sh -c 'echo $$ > pid; exec hookctl delivery tail'; echo rc=$?\n`)
    await terminal.shows(/hookctl delivery tail {2}following/)
    if (signal === 'Ctrl-C') terminal.press('C-c')
    else process.kill(Number(readFileSync(path.join(setting.home.path, 'pid'), 'utf8')), signal)
    expect(await terminal.shows(new RegExp(`^(?:[$#] )?rc=${code}$`, 'm'))).not.toContain('following')
    terminal.type('echo typed\n')
    await terminal.shows(/^[$#] echo typed\ntyped$/m)
  })

  test('Ctrl-Z gives the terminal back until the shell says fg, also the screen that reads no keys', async () => {
    await using setting = await aSetting()
    await aFailureAndASuccess(setting)
    using terminal = openTmux(setting.home)
    for (const [command, shown] of [
      ['hookctl delivery tail', /hookctl delivery tail {2}following/],
      ['hookctl status --watch', /^hookctl status .* Ctrl-C ends$/m],
    ] as const) {
      terminal.type(`clear; ${command}\n`)
      await terminal.shows(shown)
      terminal.press('C-z')
      await vi.waitFor(() => expect(terminal.screen()).not.toMatch(shown), {timeout: 15_000})
      terminal.type('echo typed\n')
      await terminal.shows(/^[$#] echo typed\ntyped$/m)
      terminal.type('fg\n')
      await terminal.shows(shown)
      terminal.press('C-c')
      await terminal.shows(/typed\n[$#] fg\n/)
    }
  })

  test('a wrong filter leaves the terminal and says what is wrong', async () => {
    await using setting = await aSetting()
    using terminal = openTmux(setting.home)
    terminal.type('hookctl delivery tail --webhook nope; echo rc=$?\n')
    expect(await terminal.shows(/^(?:[$#] )?rc=3$/m)).toMatch(/hookctl: no webhook "nope"$/m)
  })

  test('--no-screen prints lines', async () => {
    await using setting = await aSetting()
    await aFailureAndASuccess(setting)
    using terminal = openTmux(setting.home, {columns: 140})
    terminal.type('hookctl delivery tail --no-screen --since 1h\n')
    await terminal.shows(/^\S+ failed 503 \d+ms ops node\.added #1 dlv_[0-9a-f]{32} "given up"$/m)
    terminal.press('C-c')
  })

  test('status --watch draws in place, follows the size and gives the terminal back', async () => {
    await using setting = await aSetting()
    using terminal = openTmux(setting.home, {columns: 60, rows: 30})
    terminal.type('hookctl status --watch --every 50ms; echo rc=$?\n')
    await terminal.shows(/^hookctl status {2}\S+ {2}Ctrl-C ends\n\nhealthy +yes$/m)
    await setting.json('worker', 'disable')
    await terminal.shows(/^What is wrong\nsending is switched off\n {2}→ hookctl worker enable$/m)
    terminal.resize(20, 30)
    await terminal.shows(/^hookctl status {2}\S{3}…$/m)
    terminal.press('C-c')
    expect(await terminal.shows(/^(?:[$#] )?rc=130$/m)).not.toContain('Ctrl-C ends')
  })
})
