import {announce, byId, el, fill, fillRow, onPress, pill, rows, tableRow, when} from './dom.js'
import {show} from './text.js'

/** @typedef {import('../../api/webhooks.ts').WebhookView} Webhook */

const columns = ['Name', 'URL', 'Platform', 'State', 'Health', 'Action']
const mostRows = 200

/** @param {Webhook} webhook */
export const stateOf = ({active, paused}) => (paused !== null ? 'paused' : active ? 'active' : 'inactive')

/**
 * Webhooks with their health, and a switch each.
 *
 * @param {import('./page.js').Page} page
 * @param {(webhooks: readonly Webhook[]) => void} onLoad
 */
export function webhooksPanel(page, onLoad) {
  async function load() {
    const answer = await page.ask('webhook.list', {organization: page.organization, limit: mostRows})
    if (answer === null) return
    /** @type {{items: readonly Webhook[], next: string | null}} */
    const {items, next} = answer
    rows(byId('webhook-rows'), items, {key: ({id}) => id, make: makeRow, update: updateRow})
    const note = items.length === 0 ? 'No webhooks yet: hookctl webhook create.' : null
    fill(byId('webhooks-note'), next === null ? note : `The ${items.length} newest; hookctl webhook list shows all.`)
    page.explain('webhooks-why', 'webhook.enable')
    onLoad(items)
  }

  /** @param {Webhook} webhook */
  function makeRow({id}) {
    const row = tableRow(columns)
    const button = el('button', {type: 'button'})
    row.lastElementChild?.append(button)
    onPress(button, async () => {
      const operation = button.dataset.operation === 'webhook.disable' ? 'webhook.disable' : 'webhook.enable'
      const answer = await page.ask(operation, {organization: page.organization, webhook: id})
      if (answer === null) return
      announce(`The webhook ${answer.webhook.name} is ${stateOf(answer.webhook)}.`)
      page.changed()
    })
    return row
  }

  /**
   * @param {HTMLElement} row
   * @param {Webhook} webhook
   */
  function updateRow(row, webhook) {
    const {id, name, url, platform} = webhook
    const state = stateOf(webhook)
    fillRow(row, [
      [el('a', {href: `#webhook=${id}`}, name)],
      [url ?? 'none yet'],
      [platform],
      [pill(state)],
      healthOf(webhook),
    ])
    const button = /** @type {HTMLButtonElement} */ (row.querySelector('button'))
    button.hidden = !page.may('webhook.enable')
    button.dataset.operation = state === 'active' ? 'webhook.disable' : 'webhook.enable'
    const verb = state === 'active' ? 'Disable' : 'Enable'
    button.setAttribute('aria-label', show(`${verb} ${name}`))
    fill(button, verb)
  }

  return {load}
}

/**
 * How it has been doing, in words.
 *
 * @param {Webhook} webhook
 * @returns {import('./dom.js').Child[]}
 */
export function healthOf({paused, health}) {
  const {failing, failingSince, failures, lastSuccessAt, pausesAt, restsUntil} = health
  if (paused !== null) return [`paused (${paused.reason}) `, when(paused.at)]
  if (failures === 0)
    return lastSuccessAt === null ? ['nothing sent yet'] : ['well, last success ', when(lastSuccessAt)]
  const run = failures === 1 ? '1 failure ' : `${failures} failures in a row, the first `
  return [
    ...(failing ? [pill('failing'), ' '] : []),
    run,
    failingSince === null ? null : when(failingSince),
    ...(restsUntil === null ? [] : ['; tried again ', when(restsUntil)]),
    ...(failing && pausesAt !== null ? ['; will be paused ', when(pausesAt)] : []),
  ]
}
