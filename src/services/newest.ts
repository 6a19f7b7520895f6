import {HookctlError} from '../errors.ts'

/** Of so many changes of one thing at the same moment each is kept: all but the first look again. */
const MOST_TRIES = 100

/** What a store says when what a change was made from is no longer so; then nothing of it was written. */
const CHANGED = new Set(['changed_meanwhile', 'object_changed'])

/**
 * What `ask` answers, which reads, decides by that and writes: asked again from the start where others changed in between
 * what it had read. So nobody's change undoes another's, and what was checked still holds where it is written.
 *
 * @param ask writes first what may be refused so
 * @throws conflict `changed_meanwhile`, `object_changed` when others do not stop
 */
export async function onNewest<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof HookctlError && CHANGED.has(error.code)) || tries === MOST_TRIES) throw error
    }
  }
}
