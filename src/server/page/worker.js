import {announce, byId, el, fill, onPress, setUsable, when} from './dom.js'

/** Counts that say most, and the state of deliveries that a press on one shows. */
const shown = /** @type {const} */ (['failed', 'pending', 'delivering', 'held', 'collecting', 'delivered', 'skipped'])

/**
 * The worker's state with Enable, Disable and Refresh, as NebularStack has them, and what is to be sent.
 *
 * @param {import('./page.js').Page} page
 * @param {(state: string) => void} showState
 */
export function workerPanel(page, showState) {
  const enable = byId('worker-enable')
  const disable = byId('worker-disable')
  const refused = byId('refused')

  /** @param {import('../../api/operations.ts').Output<'status.show'>} status */
  function draw({worker, deliveries, targets}) {
    drawWorker(worker)
    const counts = byId('counts')
    if (counts.childElementCount === 0) counts.append(...shown.map(state => countOf(state, showState)))
    for (const state of shown) {
      const count = byId(`count-${state}`)
      fill(count, String(deliveries[state]))
      count.toggleAttribute('data-some', deliveries[state] > 0)
    }
    refused.hidden = targets.refusedCount === 0
    fill(
      refused,
      ...targets.refused.map(({webhook, explanation, hint}) => el('li', {}, `${webhook}: ${explanation}; ${hint}`)),
    )
  }

  /** @param {import('../../api/operations.ts').Output<'worker.status'>} worker */
  function drawWorker({state, enabled, owner, owners}) {
    const pill = byId('worker-state')
    fill(pill, state)
    pill.dataset.state = state
    const detail = byId('worker-detail')
    if (owners.length > 1)
      fill(detail, `${owners.length} processes send: `, owners.map(({pid, host}) => `${pid} on ${host}`).join(', '))
    else if (owner !== null) fill(detail, `Process ${owner.pid} on ${owner.host} began to send `, when(owner.since))
    else if (enabled) fill(detail, 'Switched on, but no process has begun to send yet.')
    else fill(detail, 'Nothing is sent. Events are accepted, their deliveries wait.')
    const mayChange = page.may('worker.enable')
    enable.hidden = disable.hidden = !mayChange
    setUsable(enable, !enabled)
    setUsable(disable, enabled)
    page.explain('worker-why', 'worker.enable')
  }

  /** @param {'worker.enable' | 'worker.disable'} operation */
  const change = operation => async () => {
    const worker = await page.ask(operation)
    if (worker === null) return
    drawWorker(worker)
    announce(`The worker is ${worker.state}.`)
    page.changed()
  }
  onPress(enable, change('worker.enable'))
  onPress(disable, change('worker.disable'))
  onPress(byId('worker-refresh'), async () => {
    if (await load()) announce(`The worker is ${byId('worker-state').textContent}.`)
    page.changed()
  })

  async function load() {
    const status = await page.ask('status.show', {organization: page.organization})
    if (status !== null) draw(status)
    return status !== null
  }

  return {load}
}

/**
 * @param {string} state
 * @param {(state: string) => void} showState
 */
function countOf(state, showState) {
  const button = el('button', {type: 'button', title: `show ${state} deliveries`}, state)
  onPress(button, () => showState(state))
  return el('div', {'data-state': state}, el('dt', {}, button), el('dd', {id: `count-${state}`}))
}
