import {TemplateFault} from './fault.ts'
import {numberFrom} from './numbers.ts'

const DEEPEST = 1000
const token = /\s*(?:("(?:[^"\\]|\\.)*")|(-?\d[\d.eE+-]*)|(true|false|null)|([[\]{},:]))/sy

/** An object of a template: its members in the order written, also those named `10` and `2`. */
export type Members = ReadonlyMap<string, unknown>

/**
 * The values of a template from a JSON text.
 *
 * @param json valid JSON
 * @throws TemplateFault where it is nested more than 1000 levels deep
 */
export function templateValue(json: string): unknown {
  let at = 0
  let depth = 0

  function next(): RegExpExecArray {
    token.lastIndex = at
    const match = token.exec(json)
    if (match === null) throw new SyntaxError('not JSON')
    at = token.lastIndex
    return match
  }

  function value([, text, number, word, mark] = next()): unknown {
    if (text !== undefined) return JSON.parse(text)
    if (number !== undefined) return numberFrom(number)
    if (word !== undefined) return word === 'null' ? null : word === 'true'
    if (++depth > DEEPEST) throw new TemplateFault(`its values nest deeper than ${DEEPEST} levels`)
    const whole = mark === '{' ? object() : list()
    depth -= 1
    return whole
  }

  function object(): Members {
    const members = new Map<string, unknown>()
    for (let match = next(); match[4] !== '}'; match = next()) {
      if (match[4] === ',') continue
      next()
      members.set(JSON.parse(match[1] as string) as string, value())
    }
    return members
  }

  function list(): unknown[] {
    const items: unknown[] = []
    for (let match = next(); match[4] !== ']'; match = next()) if (match[4] !== ',') items.push(value(match))
    return items
  }

  return value()
}
