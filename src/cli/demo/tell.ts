import type {Paint} from '../color.ts'
import {show} from '../escape.ts'
import type {Narrator} from './tour.ts'

/** Numbered steps with their lines below, written as they happen. */
export function tell(write: (text: string) => void, paint: Paint): Narrator {
  let steps = 0
  return {
    step(title) {
      steps += 1
      write(`${steps > 1 ? '\n' : ''}${paint('bold', `${steps}  ${show(title)}`)}\n`)
    },
    line(text) {
      write(`   ${show(text)}\n`)
    },
  }
}
