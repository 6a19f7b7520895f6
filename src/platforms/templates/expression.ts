import {filters} from './filters.ts'
import {TemplateFault, type Token, tokensOf} from './lexer.ts'

/** Gives each intermediate result of a template a name of its own. */
export type NewName = () => string

const words = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else'])
const constants: Readonly<Record<string, string>> = {
  true: 'true',
  True: 'true',
  false: 'false',
  False: 'false',
}
/** Words that Liquid would take for values of its own. */
const taken = new Set(['nil', 'null', 'empty', 'blank', 'forloop'])
const loopNames: Readonly<Record<string, string>> = {
  index: 'index',
  index0: 'index0',
  revindex: 'rindex',
  revindex0: 'rindex0',
  first: 'first',
  last: 'last',
  length: 'length',
}
const methods: Readonly<Record<string, string>> = {items: '__items', keys: '__keys', values: '__values'}

/** @throws TemplateFault for a name that means something already */
export function ownName(name: string): string {
  if (!name.startsWith('__') && !taken.has(name) && !words.has(name) && name !== 'loop') return name
  throw new TemplateFault(`the name "${name}" is not available`)
}

/** Reads one expression after the other from the inside of a tag. */
export interface Reader {
  expression(): string
  /** The next token, taken, if it is this word or mark. */
  take(value: string): boolean
  name(): string
  /** @throws TemplateFault where something is left */
  end(): void
  /** What is to be assigned before the values read so far are used. */
  readonly before: string
}

/**
 * Jinja's expressions, as far as they are offered, in the words of Liquid. Each operation becomes an assignment through
 * a filter of ours: so they mean what they mean in Python, whatever Liquid would make of them.
 */
export function readerOf(text: string, newName: NewName): Reader {
  const tokens = tokensOf(text)
  let at = 0
  let before = ''

  const peek = (): Token | undefined => tokens[at]
  const isNext = (value: string): boolean => {
    const next = peek()
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

  /** Assigned under a new name: Liquid has filters only where something is assigned or printed. */
  function filtered(value: string, filter: string, args: readonly string[] = []): string {
    const name = newName()
    before += `{% assign ${name} = ${value} | ${filter}${args.length > 0 ? `: ${args.join(', ')}` : ''} %}`
    return name
  }

  function expression(): string {
    const value = either()
    if (!take('if')) return value
    const condition = either()
    const otherwise = take('else') ? expression() : filtered('0', '__nothing')
    return filtered(condition, '__choose', [value, otherwise])
  }

  function either(): string {
    let value = both()
    while (take('or')) value = filtered(value, '__or', [both()])
    return value
  }

  function both(): string {
    let value = negated()
    while (take('and')) value = filtered(value, '__and', [negated()])
    return value
  }

  const negated = (): string => (take('not') ? filtered(negated(), '__not') : comparison())

  function comparison(): string {
    const value = joined()
    const next = peek()
    if (next?.kind === 'mark' && /^(?:==|!=|<=?|>=?)$/.test(next.value)) {
      at += 1
      return filtered(value, '__compare', [JSON.stringify(next.value), joined()])
    }
    if (take('in')) return filtered(value, '__in', [joined()])
    if (isNext('not') && tokens[at + 1]?.value === 'in') {
      at += 2
      return filtered(filtered(value, '__in', [joined()]), '__not')
    }
    return take('is') ? test(value) : value
  }

  function test(value: string): string {
    const isNot = take('not')
    const name = nameToken()
    if (!['defined', 'undefined', 'none', 'None', 'string', 'number', 'mapping'].includes(name)) {
      throw new TemplateFault(`there is no test "is ${name}"`)
    }
    const result = filtered(value, '__is', [JSON.stringify(name)])
    return isNot ? filtered(result, '__not') : result
  }

  function joined(): string {
    let value = withFilters()
    while (take('~')) value = filtered(value, '__join', [withFilters()])
    return value
  }

  function withFilters(): string {
    let value = primary()
    while (take('|')) {
      const name = nameToken()
      if (!Object.hasOwn(filters, name) || name.startsWith('__')) {
        throw new TemplateFault(`there is no template filter "${name}"`)
      }
      value = filtered(value, name, filterArguments())
    }
    return value
  }

  /** In parentheses, as Jinja has them, or after a colon, as Liquid has them. */
  function filterArguments(): string[] {
    if (take(':')) return argumentList(() => peek() === undefined)
    if (!take('(')) return []
    const list = argumentList(() => isNext(')'))
    expect(')')
    return list
  }

  function argumentList(isOver: () => boolean): string[] {
    const list: string[] = []
    while (!isOver()) {
      if (peek()?.kind === 'name' && tokens[at + 1]?.value === '=' && tokens[at + 1]?.kind === 'mark') at += 2
      list.push(either())
      if (!take(',')) break
    }
    return list
  }

  function primary(): string {
    const next = peek()
    if (next === undefined)
      throw new TemplateFault(text === '' ? 'a template tag is empty' : `"${text.slice(0, 60)}" is not whole`)
    if (take('(')) {
      const value = expression()
      expect(')')
      return value
    }
    at += 1
    if (next.kind === 'text') return literal(next.value)
    if (next.kind === 'number') return next.value
    if (next.value === '-' && peek()?.kind === 'number') return `-${tokens[at++]?.value}`
    if (next.kind === 'mark' || words.has(next.value)) throw notUnderstood(next)
    return path(next.value)
  }

  function path(root: string): string {
    const constant = Object.hasOwn(constants, root) ? constants[root] : undefined
    if (constant !== undefined) return constant
    if (root === 'none' || root === 'None') return filtered('0', '__none')
    if (taken.has(root)) return filtered('0', '__nothing')
    if (root.startsWith('__')) throw new TemplateFault(`names beginning with __ are not available: "${root}"`)
    if (isNext('(')) throw new TemplateFault(`there is no function "${root}"`)
    let value = root === 'loop' ? 'forloop' : root
    for (;;) {
      if (take('.')) {
        const name = nameToken()
        if (isNext('(')) value = method(value, name)
        else value = member(value, value === 'forloop' ? loopName(name) : literal(name))
      } else if (take('[')) {
        value = member(value, expression())
        expect(']')
      } else return value
    }
  }

  const member = (value: string, key: string): string =>
    value === 'forloop' ? `forloop.${key}` : filtered(value, '__member', [key])

  function method(value: string, name: string): string {
    const filter = Object.hasOwn(methods, name) ? methods[name] : undefined
    if (filter === undefined) throw new TemplateFault(`there is no function "${name}"`)
    expect('(')
    expect(')')
    return filtered(value, filter)
  }

  function loopName(name: string): string {
    const known = Object.hasOwn(loopNames, name) ? loopNames[name] : undefined
    if (known === undefined) throw new TemplateFault(`there is no "loop.${name}"`)
    return known
  }

  function nameToken(): string {
    const next = tokens[at++]
    if (next?.kind === 'name') return next.value
    throw next === undefined ? new TemplateFault(`"${text.slice(0, 60)}" is not whole`) : notUnderstood(next)
  }

  const notUnderstood = (next: Token): TemplateFault =>
    new TemplateFault(`"${next.value}" is not understood in "${text.slice(0, 60)}"`)

  return {
    expression,
    take,
    name: nameToken,
    end() {
      const next = peek()
      if (next !== undefined) throw notUnderstood(next)
    },
    get before() {
      return before
    },
  }
}

/** Delimiters escaped, so that no text in quotes can end a tag. */
const literal = (text: string): string =>
  JSON.stringify(text).replace(/[{}%]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
