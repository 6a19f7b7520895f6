import {announce, byId, el, fill, fillRow, onPress, pill, rows, tableRow, when} from './dom.js'
import {show} from './text.js'

/** @typedef {import('../../api/deliveries.ts').DeliveryView} Delivery */

const columns = ['State', 'Event', 'Webhook', 'Answer', 'Attempts', 'Created', 'Action']

/** Rows at first, more for each press on "Show older", and the most the page ever holds. */
const step = 50
const mostRows = 300

/** The states a delivery does not leave by itself. */
export const isOver = (/** @type {string} */ state) => ['delivered', 'failed', 'skipped', 'cancelled'].includes(state)

/**
 * Deliveries, newest first, with filters and retry.
 *
 * @param {import('./page.js').Page} page
 */
export function deliveriesPanel(page) {
  const form = /** @type {HTMLFormElement} */ (byId('filters'))
  const more = byId('deliveries-more')
  let limit = step
  /** Replays made here, until what came of them has been said. */
  const watched = new Set()

  /** @returns {Record<string, string>} */
  function filters() {
    const fields = [...new FormData(form)].map(([name, value]) => [name, String(value).trim()])
    const {state, ...rest} = Object.fromEntries(fields.filter(([, value]) => value !== ''))
    if (state === 'undelivered') return {...rest, undelivered: 'true'}
    return state === undefined ? rest : {...rest, state}
  }

  async function load() {
    const answer = await page.ask('delivery.list', {organization: page.organization, ...filters(), limit})
    if (answer === null) return
    /** @type {{items: readonly Delivery[], next: string | null}} */
    const {items, next} = answer
    rows(byId('delivery-rows'), items, {key: ({id}) => id, make: makeRow, update: updateRow})
    const isFull = limit >= mostRows
    more.hidden = next === null || isFull
    fill(byId('deliveries-note'), noteOf(items.length, next !== null && isFull))
    page.explain('deliveries-why', 'delivery.replay')
    for (const delivery of items) tellOutcome(delivery)
  }

  /**
   * @param {number} count
   * @param {boolean} isCut
   */
  function noteOf(count, isCut) {
    if (isCut) return `The ${count} newest. Narrow the filter to see others, or use hookctl delivery list.`
    if (count > 0) return null
    return Object.keys(filters()).length > 0 ? 'No delivery fits the filter.' : 'No deliveries yet.'
  }

  /** @param {Delivery} delivery */
  function makeRow(delivery) {
    const row = tableRow(columns)
    const retry = el('button', {type: 'button'}, 'Retry')
    row.lastElementChild?.append(retry)
    onPress(retry, () => replay(delivery.id))
    return row
  }

  /**
   * @param {HTMLElement} row
   * @param {Delivery} delivery
   */
  function updateRow(row, delivery) {
    const {id, state, eventType, eventCount, webhook, attemptCount, createdAt, trigger, contentGone} = delivery
    const events = eventCount > 1 ? ` ×${eventCount}` : ''
    fillRow(row, [
      [pill(state)],
      [el('a', {href: `#delivery=${id}`}, `${eventType}${events}`), trigger === 'event' ? null : ` (${trigger})`],
      [webhook],
      [answerOf(delivery)],
      [String(attemptCount)],
      [when(createdAt)],
    ])
    const retry = /** @type {HTMLButtonElement} */ (row.querySelector('button'))
    retry.hidden = !(page.may('delivery.replay') && isOver(state) && contentGone === null)
    const verb = state === 'delivered' ? 'Send again' : 'Retry'
    fill(retry, verb)
    retry.setAttribute('aria-label', show(`${verb}: ${eventType} to ${webhook}`))
  }

  /**
   * @param {string} id
   * @param {{now?: boolean, place?: string}} [options] also while a retry is to come; where a failure is told
   */
  async function replay(id, {now = false, place} = {}) {
    const input = {organization: page.organization, deliveries: [id], ...(now && {now})}
    const answer = await page.ask('delivery.replay', input, place)
    if (answer === null) return
    for (const made of answer.deliveries) watched.add(made.id)
    announce('Sent again as a new delivery.')
    await load()
  }

  /** @param {Delivery} delivery */
  function tellOutcome({id, state, attemptCount, eventType, webhook}) {
    if (!watched.has(id) || (!isOver(state) && attemptCount === 0)) return
    watched.delete(id)
    announce(`${eventType} to ${webhook}: ${isOver(state) ? state : 'failed, to be tried again'}.`)
  }

  form.addEventListener('submit', event => {
    event.preventDefault()
    limit = step
    void load()
  })
  form.addEventListener('reset', () => {
    // The fields are empty only once the event is over.
    setTimeout(() => form.requestSubmit())
  })
  form.addEventListener('change', () => form.requestSubmit())
  onPress(more, () => {
    limit = Math.min(mostRows, limit + step)
    return load()
  })

  return {
    load,
    replay,
    /** @param {string} state */
    showState(state) {
      const field = /** @type {HTMLSelectElement} */ (form.elements.namedItem('state'))
      field.value = state
      form.requestSubmit()
      byId('deliveries').scrollIntoView()
      field.focus()
    },
    /** @param {readonly {id: string, name: string}[]} webhooks */
    offerWebhooks(webhooks) {
      const field = /** @type {HTMLSelectElement} */ (form.elements.namedItem('webhook'))
      const chosen = field.value
      fill(field, el('option', {value: ''}, 'any'), ...webhooks.map(({id, name}) => el('option', {value: id}, name)))
      field.value = webhooks.some(({id}) => id === chosen) ? chosen : ''
    },
  }
}

/**
 * What came back, or why nothing did.
 *
 * @param {Delivery} delivery
 */
function answerOf({lastStatus, lastErrorClass, reason}) {
  if (lastStatus !== null) return String(lastStatus)
  return (lastErrorClass ?? reason ?? '').replaceAll('_', ' ')
}
