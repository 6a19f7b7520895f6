import type {Plan} from '../../api/declarations.ts'
import type {Paint, Style} from '../color.ts'
import {counted} from '../counted.ts'
import {show} from '../escape.ts'

type Change = Plan['changes'][number]
type Field = Change['fields'][number]

const LOOKS: ReadonlyMap<string, readonly [mark: string, style: Style]> = new Map([
  ['create', ['+', 'green']],
  ['change', ['~', 'yellow']],
  ['delete', ['-', 'red']],
])

/** Each object that changes, and each of its fields: + what comes, ~ what changes, - what goes. */
export const planText = ({changes}: Plan, paint: Paint): string =>
  changes
    .map(({action, kind, name, fields}) => {
      // A server of another version may know more that can be done.
      const [mark, style] = LOOKS.get(action) ?? [show(action), 'bold']
      return [
        paint(style, `${mark} ${show(kind)} ${show(name)}`),
        ...fields.map(field => `    ${fieldText(field, action)}`),
        '',
      ].join('\n')
    })
    .join('')

function fieldText({path, before, after, masked}: Field, action: Change['action']): string {
  const [was, is] = [valueText(before), valueText(after)]
  // What is masked looks the same and is not.
  const same = masked && was === is ? ' (another value)' : ''
  return action === 'create' ? `${show(path)}: ${is}` : `${show(path)}: ${was} → ${is}${same}`
}

function valueText(value: unknown): string {
  if (value === null || value === '') return '-'
  if (typeof value === 'string') return show(value)
  const {fingerprint} = value as {readonly fingerprint?: unknown}
  return show(typeof fingerprint === 'string' ? `fingerprint ${fingerprint}` : JSON.stringify(value))
}

/** `1 created, 2 changed, 3 as declared`. */
export function planCounts({changes, unchanged}: Plan, words: Readonly<Record<Change['action'], string>>): string {
  const of = (action: Change['action']) => changes.filter(change => change.action === action).length
  const parts = (['create', 'change', 'delete'] as const)
    .filter(action => of(action) > 0)
    .map(action => `${of(action)} ${words[action]}`)
  return [...parts, `${unchanged} as declared`].join(', ')
}

export const TO_DO = {create: 'to create', change: 'to change', delete: 'to delete'} as const
export const DONE = {create: 'created', change: 'changed', delete: 'deleted'} as const

/** Null where everything is declared. */
export function undeclaredText({undeclared}: Plan): string | null {
  if (undeclared.length === 0) return null
  const names = undeclared.slice(0, 10).map(({kind, name}) => `${kind} ${name}`)
  const more = undeclared.length > names.length ? ` and ${undeclared.length - names.length} more` : ''
  return `left alone, as not declared: ${names.join(', ')}${more}; --prune deletes ${undeclared.length === 1 ? 'it' : 'them'}`
}

export const countedChanges = ({changes}: Plan): string => counted(changes.length, 'change', 'changes')
