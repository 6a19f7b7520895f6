import type {Context, Script} from 'node:vm'

/** What stops work is a script that takes too long: this one does nothing but the work. Made when it is first needed. */
interface Stage {
  readonly script: Script
  readonly context: Context & {work: () => unknown}
}

let stage: Stage | undefined

/** Answers what `work` does, or null where it takes longer than `ms`: then it was stopped, whatever it was at. */
export function withinTime<T extends object>(ms: number, work: () => T): T | null {
  stage ??= newStage()
  stage.context.work = work
  try {
    return stage.script.runInContext(stage.context, {timeout: ms}) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null
    throw error
  }
}

function newStage(): Stage {
  // Asked for here: every command would pay for it at its start.
  const vm = process.getBuiltinModule('node:vm')
  return {script: new vm.Script('work()'), context: vm.createContext({work: () => undefined}) as Stage['context']}
}
