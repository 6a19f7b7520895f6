import {execFileSync, spawnSync} from 'node:child_process'
import path from 'node:path'
import process from 'node:process'
import {expect, vi} from 'vitest'
import type {Home} from './cli.ts'
import {hookctlOnPath} from './terminal.ts'

export const hasTmux = spawnSync('tmux', ['-V']).status === 0

/** A terminal of a size, as a person sits before it: what is typed goes in, what can be seen comes out. */
export interface Tmux extends Disposable {
  /** Text as it is, without Enter. */
  type(text: string): void
  /** Keys by tmux's names: `Enter`, `Up`, `C-c`, `Escape`. */
  press(...keys: readonly string[]): void
  resize(columns: number, rows: number): void
  screen(): string
  /** The screen once it matches. */
  shows(pattern: RegExp): Promise<string>
}

/** A shell in tmux, on a server of its own, whose `hookctl` is the built program. */
export function openTmux(home: Home, {columns = 80, rows = 24} = {}): Tmux {
  const bin = hookctlOnPath(home)
  const socket = path.join(home.path, 'tmux')
  const env = {...home.env, PATH: `${bin}:${process.env.PATH}`, LANG: 'C.UTF-8', PS1: '$ ', TERM: 'xterm-256color'}
  const tmux = (...argv: readonly string[]) =>
    execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...argv], {encoding: 'utf8', env, cwd: home.path})
  tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), 'sh')
  const screen = () => tmux('capture-pane', '-p')
  return {
    type: text => void tmux('send-keys', '-l', text),
    press: (...keys) => void tmux('send-keys', ...keys),
    resize: (x, y) => void tmux('resize-window', '-x', String(x), '-y', String(y)),
    screen,
    shows: pattern =>
      vi.waitFor(
        () => {
          const text = screen()
          expect(text).toMatch(pattern)
          return text
        },
        {timeout: 15_000, interval: 50},
      ),
    [Symbol.dispose]: () => void tmux('kill-server'),
  }
}
