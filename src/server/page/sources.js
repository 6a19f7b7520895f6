import {announce, byId, el, fill, fillRow, onPress, pill, rows, tableRow, when} from './dom.js'
import {show} from './text.js'

/** @typedef {import('../../api/sources.ts').SourceView} Source */

const columns = ['Name', 'Platform', 'Signed', 'Address', 'State', 'Last request', 'Action']
const mostRows = 200

/**
 * Where webhooks of platforms come in, with what came last and a switch each; nothing at all where there are none.
 *
 * @param {import('./page.js').Page} page
 */
export function sourcesPanel(page) {
  async function load() {
    const answer = await page.ask('source.list', {organization: page.organization, limit: mostRows})
    if (answer === null) return
    /** @type {{items: readonly Source[], next: string | null}} */
    const {items, next} = answer
    byId('sources').hidden = items.length === 0
    rows(byId('source-rows'), items, {key: ({id}) => id, make: makeRow, update: updateRow})
    fill(byId('sources-note'), next === null ? null : `The first ${items.length}; hookctl source list shows all.`)
    page.explain('sources-why', 'source.edit')
  }

  /** @param {Source} source */
  function makeRow({id}) {
    const row = tableRow(columns)
    const button = el('button', {type: 'button'})
    row.lastElementChild?.append(button)
    onPress(button, async () => {
      const active = button.dataset.turn === 'on'
      const answer = await page.ask('source.edit', {organization: page.organization, source: id, active})
      if (answer === null) return
      announce(`The source ${answer.source.name} is ${stateOf(answer.source)}.`)
      page.changed()
    })
    return row
  }

  /**
   * @param {HTMLElement} row
   * @param {Source} source
   */
  function updateRow(row, source) {
    const {name, platform, eventType, signature, address, active} = source
    fillRow(row, [
      [name],
      [platform, ...(eventType === null ? [] : [' ', el('code', {}, eventType)])],
      [signature?.scheme ?? 'no: token'],
      [el('code', {}, address)],
      [pill(stateOf(source))],
      lastOf(source),
    ])
    const button = /** @type {HTMLButtonElement} */ (row.querySelector('button'))
    button.hidden = !page.may('source.edit')
    button.dataset.turn = active ? 'off' : 'on'
    const verb = active ? 'Disable' : 'Enable'
    button.setAttribute('aria-label', show(`${verb} ${name}`))
    fill(button, verb)
  }

  return {load}
}

/** @param {Source} source */
const stateOf = ({active}) => (active ? 'active' : 'inactive')

/**
 * What came last, in words; a refusal only while nothing was accepted since.
 *
 * @param {Source} source
 * @returns {import('./dom.js').Child[]}
 */
function lastOf({lastAcceptedAt, lastRefusedAt, lastRefusal}) {
  const accepted = lastAcceptedAt === null ? ['nothing accepted yet'] : ['accepted ', when(lastAcceptedAt)]
  if (lastRefusedAt === null || lastRefusedAt < (lastAcceptedAt ?? '')) return accepted
  return [pill('refused'), ` ${lastRefusal} `, when(lastRefusedAt), '; ', ...accepted]
}
