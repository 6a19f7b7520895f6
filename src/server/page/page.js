import {call, operations, Problem} from './api.js'
import {byId, fill} from './dom.js'

/**
 * What is looked at: who asks, in which organization.
 *
 * @typedef {object} View
 * @property {string} token
 * @property {import('../../api/operations.ts').Output<'web.rights'>} rights
 * @property {string} organization
 */

/** @typedef {ReturnType<typeof createPage>} Page */

/**
 * What the panels share: the API, what may be done with it, and where a failure is told.
 *
 * @param {{onEnded: () => void, onChanged: () => void}} watch the session is over; something was changed here
 */
export function createPage({onEnded, onChanged}) {
  /** @type {View | null} */
  let view = null
  const refusal = (/** @type {string} */ name) =>
    view?.rights.refused.find(({operation}) => operation === name)?.message
  return {
    /** @param {View | null} next null: nothing, and no answer that is still to come counts */
    show(next) {
      view = next
    },
    get organization() {
      return view?.organization ?? ''
    },
    /** @param {string} operation */
    may: operation => view !== null && refusal(operation) === undefined,
    /**
     * Says in a paragraph why buttons are missing.
     *
     * @param {string} id
     * @param {string} operation
     */
    explain(id, operation) {
      const message = refusal(operation)
      byId(id).hidden = message === undefined
      fill(byId(id), message === undefined ? null : `Only to look at: ${message}.`)
    },
    /**
     * What an operation answers; null where it failed, which is told, or where something else is looked at by now. A
     * failure stays until the same succeeds or something else is done.
     *
     * @param {string} operation
     * @param {Readonly<Record<string, unknown>>} [input]
     * @param {string} [place] where a failure is told
     * @returns {Promise<any>}
     */
    async ask(operation, input = {}, place = 'problem') {
      const asked = view
      if (asked === null) return null
      const told = byId(place)
      const isAction = operations[operation]?.[0] !== 'GET'
      try {
        const answer = await call(asked.token, operation, input)
        if (asked !== view) return null
        if (isAction || told.dataset.operation === operation) fill(told)
        return answer
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        if (asked !== view) return null
        if (error.status === 401) onEnded()
        else {
          told.dataset.operation = operation
          fill(told, error.sentence)
        }
        return null
      }
    },
    changed: onChanged,
  }
}
