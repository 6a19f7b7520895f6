import {valuesAtPath} from '../domain/json-path.ts'
import {type Comparison, holds} from '../domain/where.ts'
import type {ArrivedEvent} from './arrived.ts'

/** Events that are to come. */
export interface Expectation {
  /** Null: of any type, and of none that is known. */
  readonly pattern: string | null
  readonly where: readonly Comparison[]
  /** What its schema does not allow of a value; null: it has none. */
  readonly misfits: ((value: unknown) => readonly string[]) | null
  /** So many; 0: none may come. */
  readonly count: number
}

/** An event that was not what was expected, and all that was wrong with it. */
export interface NearMiss {
  /** Of the request it came in. */
  readonly request: number
  readonly type: string | null
  readonly failed: readonly string[]
}

/** How an expectation stands. */
export interface Progress {
  readonly event: string | null
  readonly where: readonly string[]
  /** Whether it has to fit a schema. */
  readonly bodySchema: boolean
  readonly count: number
  readonly came: number
  /** Where something is missing: of all that came the one that was wrong in the fewest points, of those the last. */
  readonly nearest: NearMiss | null
}

/** Counts what comes against what is expected. */
export class Expectations {
  readonly #expected: readonly Expectation[]
  readonly #came: number[]
  readonly #nearest: (NearMiss | null)[]

  constructor(expected: readonly Expectation[]) {
    this.#expected = expected
    this.#came = expected.map(() => 0)
    this.#nearest = expected.map(() => null)
  }

  /** Which expectations, by their index, an event fulfils. It counts for every one of them. */
  take(event: ArrivedEvent, request: number): readonly number[] {
    return this.#expected.flatMap((expectation, index) => {
      const failed = whatFails(expectation, event)
      if (failed.length === 0) {
        this.#came[index]! += 1
        return [index]
      }
      const nearest = this.#nearest[index]
      if (nearest == null || failed.length <= nearest.failed.length) {
        this.#nearest[index] = {request, type: event.type, failed}
      }
      return []
    })
  }

  /** Everything came, where something had to. What must not come can only be known at the end. */
  get isMet(): boolean {
    return this.#expected.some(({count}) => count > 0) && this.#expected.every((_, index) => this.#lacks(index) === 0)
  }

  /** Something came that must not. */
  get isBroken(): boolean {
    return this.#expected.some(({count}, index) => count === 0 && this.#came[index]! > 0)
  }

  /** Nothing had to come, and nothing did. */
  get isKept(): boolean {
    return !this.isBroken && this.#expected.every((_, index) => this.#lacks(index) === 0)
  }

  get progress(): readonly Progress[] {
    return this.#expected.map(({pattern, where, misfits, count}, index) => ({
      event: pattern,
      where: where.map(({text}) => text),
      bodySchema: misfits !== null,
      count,
      came: this.#came[index]!,
      nearest: this.#lacks(index) > 0 ? this.#nearest[index]! : null,
    }))
  }

  #lacks(index: number): number {
    return Math.max(0, this.#expected[index]!.count - this.#came[index]!)
  }
}

function whatFails({pattern, where, misfits}: Expectation, event: ArrivedEvent): string[] {
  const isOther = pattern !== null && !event.isOf(pattern)
  return [
    ...(isOther ? [`it is ${event.type ?? 'no event of a known platform'}, not ${pattern}`] : []),
    ...where.filter(comparison => !holds(comparison, event.value)).map(comparison => sayUnequal(comparison, event)),
    ...(misfits?.(event.value) ?? []),
  ]
}

const SHOWN = 120

function sayUnequal(comparison: Comparison, {value}: ArrivedEvent): string {
  const found = valuesAtPath(value, comparison.path)
  const texts = found.map(each => JSON.stringify(each) ?? 'nothing').join(', ')
  const saw =
    found.length === 0 ? 'nothing is there' : `saw ${texts.length > SHOWN ? `${texts.slice(0, SHOWN)}…` : texts}`
  return `${comparison.text}: ${saw}`
}
