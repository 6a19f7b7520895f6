import process from 'node:process'
import type {OutputStream, Surroundings} from '../surroundings.ts'

const ENTER = '\u001b[?1049h\u001b[?25l'
const LEAVE = '\u001b[?25h\u001b[?1049l'

/** Windows has no jobs that are stopped and go on. */
const canStop = process.platform !== 'win32'

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** The whole terminal, until it is left. What was on it before comes back then, whatever way the process ends. */
export interface Screen {
  readonly size: Size
  /** From the top; lines must fit and must have passed `show`. What is below them is empty. */
  draw(lines: readonly string[]): void
  /** Calls back when it has to be drawn again: the terminal got another size, or the process goes on after a stop. */
  onChange(listener: () => void): void
  /** As Ctrl-Z does where the terminal reads the keys: all that was started together stops, until the shell says `fg`. */
  suspend(): void
  /** Safe to call again. */
  leave(): void
}

/** Takes the terminal of stdout: its second page, without a cursor. Gives it back while the process is stopped. */
export function enterScreen({stdin, stdout}: Pick<Surroundings, 'stdin' | 'stdout'>): Screen {
  const listeners = new Set<() => void>()
  const onChange = () => {
    for (const listener of listeners) listener()
  }
  // What was planned to be drawn comes before the news that the process goes on.
  let isStopped = false
  const endStops = aroundStops(stdin, {
    stops() {
      isStopped = true
      stdout.write(LEAVE)
    },
    goesOn() {
      isStopped = false
      stdout.write(ENTER)
      onChange()
    },
  })
  let isOn = true
  const leave = () => {
    if (!isOn) return
    isOn = false
    stdout.off?.('resize', onChange)
    process.off('exit', leave)
    endStops()
    stdout.write(LEAVE)
  }
  // A crash or a second Ctrl-C ends the process without coming back here; to a terminal a write is done at once.
  process.on('exit', leave)
  stdout.on?.('resize', onChange)
  stdout.write(ENTER)
  return {
    get size() {
      return sizeOf(stdout)
    },
    draw(lines) {
      if (!isOn || isStopped) return
      const {rows} = sizeOf(stdout)
      // Drawn over what is there: a screen that is cleared first flickers.
      const text = lines.slice(0, rows).map(line => `${line}\u001b[K`)
      stdout.write(`\u001b[H${text.join('\r\n')}\u001b[J`)
    },
    onChange: listener => void listeners.add(listener),
    suspend() {
      if (canStop) process.kill(0, 'SIGTSTP')
    },
    leave,
  }
}

/**
 * Calls back before the shell stops this process and after it goes on, with the keys of the terminal given back
 * meanwhile, until the answer is called.
 */
function aroundStops(
  stdin: Surroundings['stdin'],
  {stops, goesOn}: {readonly stops: () => void; readonly goesOn: () => void},
): () => void {
  let readsKeys = false
  const stop = () => {
    readsKeys = stdin.isRaw === true
    if (readsKeys) stdin.setRawMode?.(false)
    stops()
    // Not SIGTSTP: with a listener that no longer stops anybody.
    process.kill(process.pid, 'SIGSTOP')
  }
  const goOn = () => {
    if (readsKeys) stdin.setRawMode?.(true)
    goesOn()
  }
  if (canStop) process.on('SIGTSTP', stop).on('SIGCONT', goOn)
  return () => void process.off('SIGTSTP', stop).off('SIGCONT', goOn)
}

const sizeOf = ({columns, rows}: OutputStream): Size => ({columns: columns || 80, rows: rows || 24})
