import {TemplateFault} from './fault.ts'
import {isIn, isSame, order} from './values.ts'

/** Words that are no names. */
export const words = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else'])
export const constants: Readonly<Record<string, unknown>> = {
  ...{true: true, True: true, false: false, False: false},
  ...{none: null, None: null},
}
export const loopNames = ['index', 'index0', 'revindex', 'revindex0', 'first', 'last', 'length']
export const methods: Readonly<Record<string, (members: ReadonlyMap<string, unknown>) => unknown[]>> = {
  items: members => [...members].map(([name, value]) => [name, value]),
  keys: members => [...members.keys()],
  values: members => [...members.values()],
}
/** To Jinja2 `x.items` is the method also where `x` has such a member: that one is `x["items"]`. */
export const pythonMethods = 'clear copy fromkeys get items keys pop popitem setdefault update values'.split(' ')

export const comparisons: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  '==': isSame,
  '!=': (a, b) => !isSame(a, b),
  '<': (a, b) => order(a, b) < 0,
  '<=': (a, b) => order(a, b) <= 0,
  '>': (a, b) => order(a, b) > 0,
  '>=': (a, b) => order(a, b) >= 0,
  in: isIn,
  'not in': (a, b) => !isIn(a, b),
}

/** @throws TemplateFault for a name that means something already */
export function ownName(name: string): string {
  if (!name.startsWith('__') && !words.has(name) && !Object.hasOwn(constants, name) && name !== 'loop') return name
  throw new TemplateFault(`the name "${name}" is not available`)
}
