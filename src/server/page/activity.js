import {byId, el, fill, rows, when} from './dom.js'

/** Catalyst's feed has ten. */
const most = 10

/**
 * The newest changes, as sentences.
 *
 * @param {import('./page.js').Page} page
 */
export function activityPanel(page) {
  const everything = /** @type {HTMLInputElement} */ (byId('everything'))

  async function load() {
    const all = everything.checked ? {all: true, limit: most} : {}
    const answer = await page.ask('activity.list', {organization: page.organization, ...all})
    if (answer === null) return
    /** @type {readonly import('../../api/history.ts').ActivityView[]} */
    const items = answer.items
    rows(byId('activity'), items, {key: ({historyId}) => historyId, make: () => el('li'), update: drawItem})
    const missing = everything.checked ? 'Nothing has changed yet.' : 'No node or group has changed yet.'
    fill(byId('activity-note'), items.length === 0 ? missing : null)
  }

  everything.addEventListener('change', () => void load())
  return {load}
}

/**
 * @param {HTMLElement} place
 * @param {import('../../api/history.ts').ActivityView} item
 */
function drawItem(place, {message, actor, at}) {
  fill(place, message, ' ', el('span', {class: 'quiet'}, actor.name === null ? '' : `by ${actor.name}, `, when(at)))
}
