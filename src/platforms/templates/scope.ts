import {TemplateFault} from './fault.ts'
import {printed} from './print.ts'
import type {Members} from './read.ts'

const LONGEST_OUTPUT = 1024 * 1024
/** How much work a rendering may be: a value read, a character or an item looked at count one each. */
const MOST_STEPS = 2_000_000

/** What a rendering has printed, and how much it has done. */
export class Rendering {
  #left = MOST_STEPS
  #parts: string[] = []
  #length = 0
  readonly #isOneLine: boolean

  /** @param isOneLine refuse printed values with line ends or other control characters */
  constructor(isOneLine: boolean) {
    this.#isOneLine = isOneLine
  }

  /** @throws TemplateFault where the whole would be too much: the same on every machine, however fast */
  spend(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw new TemplateFault('it takes too long or too much memory')
  }

  write(text: string): void {
    this.#length += text.length
    if (this.#length > LONGEST_OUTPUT) throw new TemplateFault('it prints more than 1 MiB')
    this.#parts.push(text)
  }

  print(value: unknown): void {
    const text = printed(value)
    if (this.#isOneLine && /[\p{Cc}\u2028\u2029]/u.test(text)) {
      throw new TemplateFault('a value that it prints holds a line end or another control character: use header_safe')
    }
    this.spend(text.length)
    this.write(text)
  }

  /** What is printed meanwhile, in place of printing it. */
  capture(run: () => void): string {
    const before = this.#parts
    this.#parts = []
    run()
    const text = this.text
    this.#parts = before
    this.#length -= text.length
    return text
  }

  get text(): string {
    return this.#parts.join('')
  }
}

/** The names that can be seen at one place: those of its own, then those around it. */
export class Scope {
  readonly rendering: Rendering
  readonly #given: Members
  readonly #around: Scope | null
  #set: Map<string, unknown> | null = null

  constructor(rendering: Rendering, given: Members, around: Scope | null = null) {
    this.rendering = rendering
    this.#given = given
    this.#around = around
  }

  get(name: string): unknown {
    if (this.#set?.has(name)) return this.#set.get(name)
    return this.#given.has(name) ? this.#given.get(name) : this.#around?.get(name)
  }

  set(name: string, value: unknown): void {
    this.#set ??= new Map()
    this.#set.set(name, value)
  }

  /** A place of its own within this one: what is set there ends with it. */
  within(given: Members): Scope {
    return new Scope(this.rendering, given, this)
  }
}
