import type {Check} from '../check.ts'
import type {Explanation, Verdict} from './evaluate.ts'
import {isSnapshotOp} from './language.ts'

/** Longest value shown: what was seen may be a whole object. */
const SHOWN = 120

/** Every condition of a verdict as a check, in the order written: `and/0: status.value eq "active": saw "planned"`. */
export const explanationChecks = ({why}: Verdict): readonly Check[] => why.map(checkOf)

const checkOf = (explanation: Explanation): Check => ({
  name: explanation.path === '' ? 'condition' : explanation.path,
  holds: explanation.holds,
  says: `${wanted(explanation)}: ${seen(explanation)}`,
})

function wanted({condition: {attr, op = 'eq', value, negate}}: Explanation): string {
  if (attr === '') return 'not a condition'
  return `${negate ? 'not ' : ''}${attr} ${op}${isSnapshotOp(op) ? '' : ` ${shown(value)}`}`
}

/** A comparison that cannot be made still had something before it. */
function seen({found, fault}: Explanation): string {
  const saw = found === undefined ? '' : `saw ${shown(found)}`
  return [saw, fault ?? ''].filter(text => text !== '').join(', ') || 'nothing to see'
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}
