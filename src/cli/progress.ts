import type {ReplayView} from '../api/replays.ts'
import {formatDuration} from '../domain/duration.ts'
import type {OutputStream} from './surroundings.ts'

/** Shows how far a replay is. */
export interface Progress {
  show(replay: ReplayView): void
  end(): void
}

export interface ProgressOptions {
  readonly stderr: OutputStream
  /** Says a line beside the answer. */
  readonly notice: (text: string) => void
  readonly quiet: boolean
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Where nobody looks on, a line every so often says that it goes on. */
const LINE_EVERY_MS = 5000

/** A bar on a terminal, else a line on stderr every few seconds. */
export async function openProgress(options: ProgressOptions): Promise<Progress> {
  if (options.quiet) return {show() {}, end() {}}
  return options.stderr.isTTY ? barOn(options) : linesTo(options.notice)
}

/** Tried, or found not to be sendable: what there is no more to wait for. */
const doneOf = ({handedOver, untried, refused}: ReplayView): number => handedOver - untried + refused

/** Milliseconds until all is tried, by the pace so far; null while that says nothing. */
function estimate(done: number, first: number, total: number, elapsedMs: number): number | null {
  const made = done - first
  return made < 2 || elapsedMs < 1000 ? null : ((total - done) * elapsedMs) / made
}

/** Whole seconds of an estimate: `2m10s`. */
const inWords = (ms: number): string => formatDuration(Math.max(1, Math.round(ms / 1000)) * 1000)

interface Paced {
  readonly done: number
  readonly left: string | null
}

function pacer(): (replay: ReplayView) => Paced {
  const startedAt = performance.now()
  let first: number | null = null
  return replay => {
    const done = doneOf(replay)
    first ??= done
    const ms = done >= replay.total ? null : estimate(done, first, replay.total, performance.now() - startedAt)
    return {done, left: ms === null ? null : inWords(ms)}
  }
}

const isUtf8 = (env: ProgressOptions['env']): boolean => /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '')

async function barOn({stderr, env}: ProgressOptions): Promise<Progress> {
  const {SingleBar} = (await import('cli-progress')).default
  const [barCompleteChar, barIncompleteChar] = isUtf8(env) ? ['\u2588', '\u2591'] : ['#', '-']
  const bar = new SingleBar({
    stream: stderr as NodeJS.WriteStream,
    format: '{bar} {value}/{total}  {delivered} ok  {failed} failed{left}',
    barsize: Math.max(10, Math.min(40, (stderr.columns || 80) - 45)),
    barCompleteChar,
    barIncompleteChar,
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false,
    fps: 5,
  })
  const paceOf = pacer()
  let isStarted = false
  return {
    show(replay) {
      const {done, left} = paceOf(replay)
      const {delivered, failed, total} = replay
      const payload = {delivered, failed, left: left === null ? '' : `  ${left} left`}
      if (!isStarted) bar.start(total, done, payload)
      isStarted = true
      bar.update(done, payload)
    },
    end: () => bar.stop(),
  }
}

function linesTo(notice: (text: string) => void): Progress {
  const paceOf = pacer()
  let saidAt = performance.now()
  return {
    show(replay) {
      const {done, left} = paceOf(replay)
      if (performance.now() - saidAt < LINE_EVERY_MS) return
      saidAt = performance.now()
      const {id, total, delivered, failed} = replay
      const rest = left === null ? '' : `, ${left} left`
      notice(`${id}: ${done} of ${total}, ${delivered} delivered, ${failed} failed${rest}`)
    },
    end() {},
  }
}
