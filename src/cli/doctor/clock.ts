import {formatAge} from '../shown-time.ts'
import {type Finding, failed, ok} from './finding.ts'

/** Clocks of two machines are never quite the same. */
const TOLERANCE_MS = 5000

/**
 * A record from the future means that the clock was wrong then or is wrong now: retries fall due at the wrong time, and
 * receivers refuse signatures with a timestamp.
 */
export function examineClock(newest: readonly (string | undefined)[], now: number): Finding {
  const latest = Math.max(0, ...newest.map(instant => (instant === undefined ? 0 : Date.parse(instant))))
  const aheadMs = latest - now
  const time = new Date(now).toISOString()
  if (aheadMs <= TOLERANCE_MS) return ok('clock', time)
  const detail = `it is ${time} here, but the newest record is ${formatAge(aheadMs)} ahead: the clock is wrong, or was`
  return failed('clock', detail, 'set the clock of this machine: timedatectl set-ntp true')
}

/** Two clocks that differ: what is signed here is too old or too young there, and ages are told wrong. */
export function examineServerClock(told: string, now: number): readonly Finding[] {
  const aheadMs = Date.parse(told) - now
  if (Math.abs(aheadMs) <= TOLERANCE_MS) return [ok('clock', 'the server has the same time')]
  const detail = `the clock of the server is ${formatAge(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} this one`
  return [failed('clock', detail, 'set both clocks: timedatectl set-ntp true')]
}
