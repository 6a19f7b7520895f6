import {isOver} from './deliveries.js'
import {announce, byId, el, fill, onPress, pill, when} from './dom.js'
import {duration, show, showBody, size} from './text.js'
import {healthOf, stateOf} from './webhooks.js'

/**
 * @typedef {import('../../api/operations.ts').Output<'delivery.show'>} ShownDelivery
 * @typedef {import('../../api/deliveries.ts').AttemptView} Attempt
 * @typedef {import('../../api/webhooks.ts').WebhookView} Webhook
 * @typedef {import('./dom.js').Child} Child
 */

/**
 * One delivery or one webhook in a dialog, by the address: `#delivery=dlv_…`, `#webhook=wh_…`.
 *
 * @param {import('./page.js').Page} page
 * @param {(id: string, options: {now: boolean, place: string}) => Promise<void>} replay
 */
export function detailDialog(page, replay) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('detail'))

  const asked = () => /^#(delivery|webhook)=(\w{1,200})$/.exec(location.hash)

  async function load() {
    const [, kind, id] = asked() ?? []
    if (kind === undefined || id === undefined) {
      close()
      return
    }
    const isNew = dialog.dataset.shows !== id
    const organization = page.organization
    fill(byId('detail-problem'))
    const answer =
      kind === 'delivery'
        ? await page.ask('delivery.show', {organization, delivery: id}, 'detail-problem')
        : await page.ask('webhook.show', {organization, webhook: id}, 'detail-problem')
    // Meanwhile somebody may have gone elsewhere, or closed it.
    if (asked()?.[2] !== id || !(isNew || dialog.open)) return
    dialog.dataset.shows = id
    if (answer === null) drawMissing(kind, isNew)
    else if (kind === 'delivery') drawDelivery(answer)
    else drawWebhook(answer)
    if (!dialog.open) dialog.showModal()
    if (isNew) byId('detail-title').focus()
  }

  /**
   * @param {string} kind
   * @param {boolean} isNew
   */
  function drawMissing(kind, isNew) {
    if (!isNew) return
    fill(byId('detail-title'), `No such ${kind}`)
    fill(byId('detail-body'))
  }

  /** @param {ShownDelivery} shown */
  function drawDelivery({delivery, events, body, attempts}) {
    const {
      id,
      state,
      eventType,
      webhook,
      webhookId,
      trigger,
      replayOf,
      toUrl,
      reason,
      dueAt,
      createdAt,
      finishedAt,
      contentGone,
    } = delivery
    fill(byId('detail-title'), `${eventType} to ${webhook}`)
    const last = attempts.at(-1)
    const isWaiting = state === 'pending' && delivery.attemptCount > 0
    const send = el(
      'button',
      {type: 'button', class: 'primary'},
      isWaiting ? 'Retry now' : state === 'delivered' ? 'Send again' : 'Retry',
    )
    onPress(send, async () => {
      await replay(id, {now: isWaiting, place: 'detail-problem'})
      await load()
    })
    const isOffered = page.may('delivery.replay') && contentGone === null && (isOver(state) || isWaiting)
    redraw([
      facts([
        ['State', [pill(state), reason === null ? null : ` ${reason.replaceAll('_', ' ')}`]],
        ['Delivery', [code(id)]],
        [
          'Made by',
          [
            trigger,
            replayOf === null ? null : ' of ',
            replayOf === null ? null : el('a', {href: `#delivery=${replayOf}`}, replayOf),
          ],
        ],
        ['Webhook', [el('a', {href: `#webhook=${webhookId}`}, webhook)]],
        ['Sent to', [toUrl ?? last?.url ?? null]],
        ['Created', [when(createdAt)]],
        ['Finished', [finishedAt === null ? null : when(finishedAt)]],
        ['Next attempt', [dueAt === null || isOver(state) ? null : when(dueAt)]],
      ]),
      delivery.hint === null ? null : el('p', {class: 'hint'}, delivery.hint),
      isOffered ? el('p', {}, send) : null,
      el('h3', {}, 'Request'),
      last === undefined ? el('p', {class: 'quiet'}, 'Not sent yet.') : el('p', {}, code(`${last.method} ${last.url}`)),
      last === undefined ? null : headersOf(last.requestHeaders, 'Request headers'),
      contentGone === null
        ? bodyOf(body, 'Request body')
        : el('p', {class: 'quiet'}, `Request body: gone, ${contentGone}`),
      el('h3', {}, attempts.length === 1 ? '1 attempt' : `${attempts.length} attempts`),
      ...attempts.toReversed().map((attempt, at) => attemptOf(attempt, at === 0)),
      el('h3', {}, events.length === 1 ? 'Event' : `${events.length} events`),
      el(
        'ul',
        {class: 'plain'},
        ...events.slice(0, 20).map(event => el('li', {}, code(event.id), ` ${event.type} `, when(event.acceptedAt))),
      ),
      events.length > 20 ? el('p', {class: 'quiet'}, `and ${events.length - 20} more`) : null,
    ])
  }

  /** @param {Webhook} webhook */
  function drawWebhook(webhook) {
    const {id, name, url, platform, eventTypes, contextId, mode, policies, secrets, description, createdAt} = webhook
    fill(byId('detail-title'), `Webhook ${name}`)
    const test = el('button', {type: 'button'}, 'Send a test event')
    onPress(test, async () => {
      const answer = await page.ask('webhook.test', {organization: page.organization, webhook: id}, 'detail-problem')
      if (answer === null) return
      announce('A test event was sent.')
      location.hash = `#delivery=${answer.deliveryId}`
    })
    redraw([
      facts([
        ['State', [pill(stateOf(webhook))]],
        ['Health', healthOf(webhook)],
        ['Id', [code(id)]],
        ['Description', [description]],
        ['URL', [url ?? 'none yet']],
        ['TLS', [policies.tls.verify ? 'certificate is checked' : 'certificate is not checked']],
        ['Platform', [platform]],
        ['Triggers', [eventTypes.join(', ')]],
        ['Context', [contextId ?? 'whole organization']],
        ['Mode', [mode]],
        ['Retries', [policies.retry.kind]],
        [
          'Secret',
          [
            secrets.length === 0
              ? 'none: not signed'
              : `fingerprint ${secrets.map(({fingerprint}) => fingerprint).join(', ')}`,
          ],
        ],
        ['Created', [when(createdAt)]],
      ]),
      page.may('webhook.test') ? el('p', {}, test) : null,
    ])
  }

  /** @param {readonly Child[]} children */
  function redraw(children) {
    const place = byId('detail-body')
    const opened = [...place.querySelectorAll('details')].map(({id, open}) => [id, open])
    const focused = place.contains(document.activeElement) ? place.querySelectorAll('button')[0] : undefined
    fill(place, ...children)
    for (const details of place.querySelectorAll('details')) {
      const [, was] = opened.find(([id]) => id === details.id) ?? []
      if (typeof was === 'boolean') details.open = was
    }
    if (focused !== undefined && !place.contains(focused)) {
      const again = place.querySelector('button') ?? byId('detail-title')
      again.focus()
    }
  }

  /** Because the address says so: it stays as it is. */
  function close() {
    delete dialog.dataset.shows
    dialog.close()
  }

  onPress(byId('detail-close'), () => dialog.close())
  dialog.addEventListener('close', () => {
    // By the person, with a button or Escape. The event comes late: meanwhile something else may be open.
    const shown = dialog.dataset.shows
    if (dialog.open || shown === undefined) return
    delete dialog.dataset.shows
    if (asked()?.[2] === shown) history.pushState(null, '', location.pathname)
  })
  return {
    load,
    /** What is shown is asked for again: something has happened. */
    reload: async () => {
      if (dialog.open) await load()
    },
    close,
  }
}

/** @param {string} text */
const code = text => el('code', {}, text)

/** @param {readonly (readonly [title: string, value: readonly Child[]])[]} pairs those without a value are left out */
function facts(pairs) {
  const there = pairs.filter(([, value]) => value.some(child => child !== null && child !== ''))
  return el(
    'dl',
    {class: 'facts'},
    ...there.map(([title, value]) => el('div', {}, el('dt', {}, title), el('dd', {}, ...value))),
  )
}

/**
 * @param {Attempt} attempt
 * @param {boolean} isLast
 */
function attemptOf(attempt, isLast) {
  const {id, number, startedAt, durationMs, success, status, error, errorClass, hint, remoteAddress} = attempt
  const outcome = success ? 'delivered' : 'failed'
  return el(
    'details',
    {id: `attempt-${id}`, open: isLast},
    el(
      'summary',
      {},
      `Attempt ${number}: `,
      pill(outcome),
      ` ${status ?? errorClass ?? ''} in ${duration(durationMs)}, `,
      when(startedAt),
    ),
    error === null ? null : el('p', {class: 'problem'}, error),
    hint === null || isLast ? null : el('p', {class: 'hint'}, hint),
    remoteAddress === null ? null : el('p', {class: 'quiet'}, `answered by ${remoteAddress}`),
    status === null ? null : headersOf(attempt.responseHeaders, 'Response headers'),
    status === null ? null : bodyOf(attempt.responseBody, 'Response body'),
  )
}

/**
 * @param {readonly {name: string, value: string}[]} headers
 * @param {string} title
 */
function headersOf(headers, title) {
  if (headers.length === 0) return el('p', {class: 'quiet'}, `${title}: none`)
  return el(
    'table',
    {class: 'headers'},
    el('caption', {}, title),
    el(
      'tbody',
      {},
      ...headers.map(({name, value}) => el('tr', {}, el('th', {scope: 'row'}, name), el('td', {}, value))),
    ),
  )
}

/**
 * A body as text, whatever is in it. Scrolls by keyboard too.
 *
 * @param {import('../../api/operations.ts').Output<'delivery.show'>['body']} body
 * @param {string} title
 */
function bodyOf(body, title) {
  if (body === null || body.bytes === 0) return el('p', {class: 'quiet'}, `${title}: empty`)
  const {encoding, content, bytes, truncated} = body
  const notes = [size(bytes), encoding === 'base64' ? 'not text, shown as base64' : null, truncated ? 'cut' : null]
  const text = el('pre', {tabindex: '0', role: 'region', 'aria-label': title, dir: 'ltr'})
  text.textContent = encoding === 'base64' ? show(content) : showBody(content)
  return el('div', {}, el('p', {class: 'quiet'}, `${title}: ${notes.filter(note => note !== null).join(', ')}`), text)
}
