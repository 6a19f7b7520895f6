import {argumentsFor, type Given, mapped} from './arguments.ts'
import {TemplateFault} from './fault.ts'
import {filters} from './filters.ts'
import {comparisons, constants, loopNames, methods, pythonMethods, words} from './language.ts'
import {type Token, tokensOf} from './lexer.ts'
import {numberFrom} from './numbers.ts'
import {printed} from './print.ts'
import type {Scope} from './scope.ts'
import {memberOf, sizeOf, tests, truthOf} from './values.ts'

/** What an expression became: asked for its value as often as the template needs it, and not otherwise. */
export type Evaluate = (scope: Scope) => unknown

/** More would be deeper than calls can nest. */
const LONGEST = 1000
const DEEPEST = 50

/** Reads one expression after the other from the inside of a tag. */
export interface Reader {
  expression(): Evaluate
  /** An expression that an `if` ends: the list of a `for`. */
  operand(): Evaluate
  /** The next token, taken, if it is this word or mark. */
  take(value: string): boolean
  name(): string
  /** @throws TemplateFault where something is left */
  end(): void
}

/** Jinja's expressions, as far as they are offered, in the order in which Jinja2's parser reads them. */
export function readerOf(text: string): Reader {
  const tokens = tokensOf(text)
  if (tokens.length > LONGEST) throw new TemplateFault(`a tag holds more than ${LONGEST} words and signs`)
  let at = 0
  let depth = 0

  const isNext = (value: string, ahead = 0): boolean => {
    const next = tokens[at + ahead]
    return next !== undefined && (next.kind === 'mark' || next.kind === 'name') && next.value === value
  }
  const take = (value: string): boolean => {
    if (!isNext(value)) return false
    at += 1
    return true
  }
  const expect = (value: string): void => {
    if (!take(value)) throw new TemplateFault(`"${value}" is missing in "${text.slice(0, 60)}"`)
  }

  function expression(): Evaluate {
    if (++depth > DEEPEST) throw new TemplateFault(`"${text.slice(0, 60)}" nests too deep`)
    let value = operand()
    while (take('if')) {
      const [then, condition] = [value, operand()]
      const otherwise = take('else') ? expression() : () => undefined
      value = scope => (truthOf(condition(scope)) ? then(scope) : otherwise(scope))
    }
    depth -= 1
    return value
  }

  function operand(): Evaluate {
    let value = both()
    while (take('or')) {
      const [left, right] = [value, both()]
      value = scope => {
        const found = left(scope)
        return truthOf(found) ? found : right(scope)
      }
    }
    return value
  }

  function both(): Evaluate {
    let value = negated()
    while (take('and')) {
      const [left, right] = [value, negated()]
      value = scope => {
        const found = left(scope)
        return truthOf(found) ? right(scope) : found
      }
    }
    return value
  }

  function negated(): Evaluate {
    let isNegated = false
    let isAny = false
    while (take('not')) [isNegated, isAny] = [!isNegated, true]
    const value = comparison()
    return isAny ? scope => truthOf(value(scope)) !== isNegated : value
  }

  /** `1 < x < 5` is true where each of its comparisons is. */
  function comparison(): Evaluate {
    const first = joined()
    const others: {readonly holds: (a: unknown, b: unknown) => boolean; readonly value: Evaluate}[] = []
    for (let mark = comparisonMark(); mark !== null; mark = comparisonMark()) {
      others.push({holds: comparisons[mark] as (a: unknown, b: unknown) => boolean, value: joined()})
    }
    if (others.length === 0) return first
    return scope => {
      let left = first(scope)
      return others.every(({holds, value}) => {
        const [a, b] = [left, value(scope)]
        left = b
        scope.rendering.spend(sizeOf(a) + sizeOf(b))
        return holds(a, b)
      })
    }
  }

  function comparisonMark(): string | null {
    if (isNext('not') && isNext('in', 1)) {
      at += 2
      return 'not in'
    }
    const next = tokens[at]
    if (next === undefined || next.kind === 'text' || !Object.hasOwn(comparisons, next.value)) return null
    at += 1
    return next.value
  }

  function joined(): Evaluate {
    const parts = [filtered()]
    while (take('~')) parts.push(filtered())
    if (parts.length === 1) return parts[0] as Evaluate
    return scope => {
      const whole = parts.map(part => printed(part(scope))).join('')
      scope.rendering.spend(whole.length)
      return whole
    }
  }

  function filtered(): Evaluate {
    let value = primary()
    for (;;) {
      if (take('|')) value = filter(value)
      else if (take('is')) {
        value = test(value)
        endOfTest()
      } else return value
    }
  }

  function test(value: Evaluate): Evaluate {
    const isNot = take('not')
    const name = nameToken()
    const holds = Object.hasOwn(tests, name) ? tests[name] : undefined
    if (holds === undefined) throw new TemplateFault(`there is no test "is ${name}"`)
    return scope => holds(value(scope)) !== isNot
  }

  /** To Jinja any other word behind a test is what it compares with: `x is string if y` asks for `string(x, if)`. */
  function endOfTest(): void {
    const next = tokens[at]
    if (next?.kind !== 'name' || ['and', 'or', 'else'].includes(next.value)) return
    if (next.value === 'is') throw new TemplateFault('one "is" cannot follow the other')
    throw new TemplateFault(`"${next.value}" behind "is …" is not understood: put the test in parentheses`)
  }

  function filter(value: Evaluate): Evaluate {
    const name = nameToken()
    const given = filterArguments()
    if (name === 'map') return applied(value, ...mapped(given))
    const found = Object.hasOwn(filters, name) ? filters[name] : undefined
    if (found === undefined) throw new TemplateFault(`there is no template filter "${name}"`)
    return applied(value, found.apply, argumentsFor(name, found.takes, given))
  }

  const applied =
    (value: Evaluate, apply: (value: unknown, ...given: unknown[]) => unknown, given: readonly Evaluate[]): Evaluate =>
    scope => {
      const found = value(scope)
      scope.rendering.spend(1 + sizeOf(found))
      const result = apply(found, ...given.map(each => each(scope)))
      scope.rendering.spend(sizeOf(result))
      return result
    }

  /** In parentheses, as Jinja has them, or after a colon, as Liquid has them: there each is one value. */
  function filterArguments(): Given[] {
    const given: Given[] = []
    if (take(':')) {
      do given.push(argument(primary))
      while (take(','))
    } else if (take('(')) {
      while (!isNext(')')) {
        given.push(argument(expression))
        if (!take(',')) break
      }
      expect(')')
    }
    return given
  }

  function argument(read: () => Evaluate): Given {
    const name = tokens[at]?.kind === 'name' && isNext('=', 1) ? nameToken() : null
    if (name !== null) expect('=')
    const first = tokens[at]
    const start = at
    const value = read()
    return {name, value, text: first?.kind === 'text' && at === start + 1 ? first.value : null}
  }

  function primary(): Evaluate {
    const next = tokens[at++]
    if (next === undefined) throw text === '' ? new TemplateFault('a template tag is empty') : notWhole()
    if (next.kind === 'text') return members(() => next.value)
    if (next.kind === 'number') return constant(numberFrom(next.value))
    if (next.value === '-' && tokens[at]?.kind === 'number') return constant(numberFrom(`-${tokens[at++]?.value}`))
    if (next.value === '(') {
      const value = expression()
      expect(')')
      return members(value)
    }
    if (next.kind === 'mark' || words.has(next.value)) throw notUnderstood(next)
    if (Object.hasOwn(constants, next.value)) return members(constant(constants[next.value]))
    return members(variable(next.value))
  }

  const constant = (value: unknown) => (): unknown => value

  function variable(name: string): Evaluate {
    if (name.startsWith('__')) throw new TemplateFault(`names beginning with __ are not available: "${name}"`)
    if (isNext('(')) throw new TemplateFault(`there is no function "${name}"`)
    if (name === 'loop') {
      if (!isNext('.') || !loopNames.includes(tokens[at + 1]?.value ?? '')) {
        throw new TemplateFault(`of a loop there is ${loopNames.map(each => `loop.${each}`).join(', ')}`)
      }
    }
    return scope => {
      scope.rendering.spend(1)
      return scope.get(name)
    }
  }

  function members(whole: Evaluate): Evaluate {
    let value = whole
    for (;;) {
      if (take('.')) value = named(value, nameToken())
      else if (take('[')) {
        const key = expression()
        expect(']')
        value = member(value, key)
      } else return value
    }
  }

  const member =
    (value: Evaluate, key: Evaluate): Evaluate =>
    scope => {
      scope.rendering.spend(1)
      return memberOf(value(scope), key(scope))
    }

  function named(value: Evaluate, name: string): Evaluate {
    if (!isNext('(')) {
      if (!pythonMethods.includes(name)) return member(value, () => name)
      throw new TemplateFault(`to Jinja2 ".${name}" is a method: write ["${name}"]`)
    }
    const call = Object.hasOwn(methods, name) ? methods[name] : undefined
    if (call === undefined) throw new TemplateFault(`there is no function "${name}"`)
    expect('(')
    expect(')')
    return scope => {
      const found = value(scope)
      scope.rendering.spend(sizeOf(found))
      if (found instanceof Map) return call(found)
      throw new TemplateFault(`.${name}() is asked of ${found === undefined ? 'what is not there' : 'no object'}`)
    }
  }

  function nameToken(): string {
    const next = tokens[at++]
    if (next?.kind === 'name') return next.value
    throw next === undefined ? notWhole() : notUnderstood(next)
  }

  const notWhole = (): TemplateFault => new TemplateFault(`"${text.slice(0, 60)}" is not whole`)

  const notUnderstood = (next: Token): TemplateFault =>
    new TemplateFault(`"${next.value}" is not understood in "${text.slice(0, 60)}"`)

  return {
    expression,
    operand,
    take,
    name: nameToken,
    end() {
      const next = tokens[at]
      if (next !== undefined) throw notUnderstood(next)
    },
  }
}
