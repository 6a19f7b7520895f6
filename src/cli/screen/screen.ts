import process from 'node:process'
import type {OutputStream, Surroundings} from '../surroundings.ts'

const ENTER = '\u001b[?1049h\u001b[?25l'
const LEAVE = '\u001b[?25h\u001b[?1049l'

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** The whole terminal, until it is left. What was on it before comes back then, whatever way the process ends. */
export interface Screen {
  readonly size: Size
  /** From the top; lines must fit and must have passed `show`. What is below them is empty. */
  draw(lines: readonly string[]): void
  /** Calls back when the terminal got another size. */
  onResize(listener: () => void): void
  /** Safe to call again. */
  leave(): void
}

/** Takes the terminal of stdout: its second page, without a cursor. */
export function enterScreen({stdout}: Pick<Surroundings, 'stdout'>): Screen {
  const listeners = new Set<() => void>()
  const onResize = () => {
    for (const listener of listeners) listener()
  }
  let isOn = true
  const leave = () => {
    if (!isOn) return
    isOn = false
    stdout.off?.('resize', onResize)
    process.off('exit', leave)
    stdout.write(LEAVE)
  }
  // A crash or a second Ctrl-C ends the process without coming back here; to a terminal a write is done at once.
  process.on('exit', leave)
  stdout.on?.('resize', onResize)
  stdout.write(ENTER)
  return {
    get size() {
      return sizeOf(stdout)
    },
    draw(lines) {
      if (!isOn) return
      const {rows} = sizeOf(stdout)
      // Drawn over what is there: a screen that is cleared first flickers.
      const text = lines.slice(0, rows).map(line => `${line}\u001b[K`)
      stdout.write(`\u001b[H${text.join('\r\n')}\u001b[J`)
    },
    onResize: listener => void listeners.add(listener),
    leave,
  }
}

const sizeOf = ({columns, rows}: OutputStream): Size => ({columns: columns || 80, rows: rows || 24})
