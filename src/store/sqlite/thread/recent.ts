type Ask<Q extends readonly unknown[], A> = (...question: Q) => Promise<A>

/** So long another process may have changed what is answered from memory here. */
const RECENT_MS = 10

export interface Recent {
  /** The same question with the same answer, until something that is set up changes; of questions that are a few texts and numbers. */
  of<Q extends readonly (string | number)[], A>(ask: Ask<Q, A>): Ask<Q, A>
  /** Something was changed in this process. */
  forget(): void
}

/**
 * Answers that every event and every delivery needs again. Each question to SQLite is a read transaction of its own, and
 * the first after a commit reads its pages anew: many times what is done with the answer.
 *
 * @param clock monotonic ms
 */
export function createRecent(clock: () => number): Recent {
  let era = 0
  return {
    of(ask) {
      let known = new Map<string, ReturnType<typeof ask>>()
      let of = -1
      let until = 0
      return (...question) => {
        const now = clock()
        if (of !== era || now >= until) {
          known = new Map()
          of = era
          until = now + RECENT_MS
        }
        const key = question.join('\0')
        const found = known.get(key)
        if (found !== undefined) return found
        const answers = known
        const answer = ask(...question)
        answers.set(key, answer)
        answer.catch(() => answers.delete(key))
        return answer
      }
    },
    forget() {
      era++
    },
  }
}
