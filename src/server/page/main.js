import {activityPanel} from './activity.js'
import {call, Problem} from './api.js'
import {deliveriesPanel} from './deliveries.js'
import {detailDialog} from './detail.js'
import {announce, byId, el, fill, keepTableRoles, onPress, tick} from './dom.js'
import {onceAWhile} from './once-a-while.js'
import {createPage} from './page.js'
import {forget, keptToken, logIn, logOut, takeCode} from './session.js'
import {sourcesPanel} from './sources.js'
import {follow} from './stream.js'
import {webhooksPanel} from './webhooks.js'
import {workerPanel} from './worker.js'

/** What no stream tells, such as a worker that has died, is asked for this often. */
const pollMs = 15_000
const tickMs = 10_000
/** However much happens, a list is asked for at most this often. */
const restMs = 1000

const SESSION_ENDED = 'The session has ended. Log in again.'

const picker = /** @type {HTMLSelectElement} */ (byId('organization'))
let following = new AbortController()

const page = createPage({
  onEnded() {
    forget()
    showLogin(SESSION_ENDED)
  },
  onChanged: () => refreshAll(),
})
const deliveries = deliveriesPanel(page)
const worker = workerPanel(page, deliveries.showState)
const webhooks = webhooksPanel(page, deliveries.offerWebhooks)
const sources = sourcesPanel(page)
const activity = activityPanel(page)
const detail = detailDialog(page, deliveries.replay)

const refresh = {
  worker: onceAWhile(worker.load, restMs),
  deliveries: onceAWhile(deliveries.load, restMs),
  webhooks: onceAWhile(webhooks.load, restMs),
  sources: onceAWhile(sources.load, restMs),
  activity: onceAWhile(activity.load, restMs),
  detail: onceAWhile(detail.reload, restMs),
}

function refreshAll() {
  for (const ask of Object.values(refresh)) ask()
}

/**
 * @param {string} kind
 * @param {string} data
 */
function onItem(kind, data) {
  refresh.worker()
  refresh.deliveries()
  refresh.detail()
  if (kind === 'history') refresh.activity()
  const changed = kind === 'history' ? JSON.parse(data).entry?.object.type : null
  // An attempt changes how a webhook is doing.
  if (kind === 'attempt' || changed === 'Webhook') refresh.webhooks()
  if (changed === 'Source') refresh.sources()
}

/** Where to go on: a code in the address, the session of this tab, or the form. */
async function begin() {
  const code = takeCode()
  const token = keptToken()
  if (code !== null) await attempt(async () => start(await logIn(code)))
  else if (token !== null) await attempt(() => start(token))
  else showLogin()
}

/** @param {() => Promise<void>} entering */
async function attempt(entering) {
  try {
    await entering()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    if (error.code !== 'token_invalid') return showLogin(error.sentence)
    showLogin(keptToken() === null ? 'This token is not valid here.' : SESSION_ENDED)
    forget()
  }
}

function showLogin(problem = '') {
  following.abort()
  page.show(null)
  detail.close()
  byId('overview').hidden = true
  byId('session').hidden = true
  byId('login').hidden = false
  document.title = 'Log in: hookctl'
  fill(byId('login-problem'), problem)
  byId('code').focus()
}

/** @param {string} token */
async function start(token) {
  const rights = await call(token, 'web.rights')
  /** @type {readonly {slug: string, name: string}[]} */
  const organizations = (await call(token, 'org.list', {limit: 1000})).items
  const options = organizations.map(({slug, name}) =>
    el('option', {value: slug}, name === slug ? slug : `${name} (${slug})`),
  )
  fill(picker, ...options)
  byId('organization-field').hidden = organizations.length < 2
  fill(byId('who'), `${rights.name ?? 'you'}, ${rights.role}`)
  picker.onchange = () => look({token, rights, organization: picker.value})
  byId('log-out').onclick = async () => {
    showLogin('You have logged out.')
    await logOut(token)
  }
  byId('login').hidden = true
  byId('session').hidden = false
  byId('overview').hidden = false
  look({token, rights, organization: organizations[0]?.slug ?? rights.organization ?? 'default'})
}

/**
 * Shows one organization, until another is chosen or the session ends.
 *
 * @param {import('./page.js').View} view
 */
function look(view) {
  following.abort()
  following = new AbortController()
  page.show(view)
  document.title = `${view.organization}: hookctl`
  void detail.load()
  refreshAll()
  const {token, organization} = view
  void follow({token, organization, signal: following.signal, onItem, onState: showConnection, wait})
}

let isLost = false

/** @param {{state: 'live'} | {state: 'lost', waitMs: number} | {state: 'refused'}} connection */
function showConnection(connection) {
  const place = byId('connection')
  place.dataset.state = connection.state
  byId('try-now').hidden = connection.state !== 'lost'
  if (connection.state === 'live') {
    fill(place, 'live')
    if (isLost) {
      announce('Connected again.')
      refreshAll()
    }
    isLost = false
    return
  }
  const seconds = connection.state === 'lost' ? Math.ceil(connection.waitMs / 1000) : 0
  fill(place, connection.state === 'lost' ? `not connected, trying again in ${seconds} s` : 'not allowed to follow')
  // A refusal may be a session that has ended: the next question says so.
  if (connection.state === 'refused') refresh.worker()
  if (!isLost) announce('Not connected: what is shown may be old.')
  isLost = true
}

let tryNow = () => {}

/**
 * Ends early with "Try now", with the network, and when nothing is followed any more.
 *
 * @param {number} ms
 * @returns {Promise<void>}
 */
const wait = ms =>
  new Promise(resolve => {
    const {signal} = following
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    tryNow = done
  })

keepTableRoles()
byId('login-form').addEventListener('submit', async event => {
  event.preventDefault()
  const field = /** @type {HTMLInputElement} */ (byId('code'))
  const typed = field.value.trim()
  field.value = ''
  // The address works too, as it was printed.
  await attempt(async () => start(await logIn(typed.replace(/^.*#code=/, ''))))
})
onPress(byId('try-now'), () => tryNow())
addEventListener('hashchange', () => (location.hash.startsWith('#code=') ? begin() : detail.load()))
addEventListener('online', () => tryNow())
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) refreshAll()
})
setInterval(() => {
  if (!document.hidden) refreshAll()
}, pollMs)
setInterval(tick, tickMs)

// A page that is only made ready in case somebody wants it must not use up the code.
if ('prerendering' in document && document.prerendering)
  document.addEventListener('prerenderingchange', begin, {once: true})
else void begin()
