/**
 * The operations of the API that the page uses, as src/api/ has them; a test holds the two together.
 *
 * @type {Readonly<Record<string, readonly [method: string, path: string]>>}
 */
export const operations = {
  'web.code': ['POST', '/v1/web/codes'],
  'web.rights': ['GET', '/v1/web/rights'],
  'org.list': ['GET', '/v1/organizations'],
  'status.show': ['GET', '/v1/organizations/:organization/status'],
  'worker.status': ['GET', '/v1/worker'],
  'worker.enable': ['POST', '/v1/worker/enable'],
  'worker.disable': ['POST', '/v1/worker/disable'],
  'delivery.list': ['GET', '/v1/organizations/:organization/deliveries'],
  'delivery.show': ['GET', '/v1/organizations/:organization/deliveries/:delivery'],
  'delivery.replay': ['POST', '/v1/organizations/:organization/deliveries/replay'],
  'webhook.list': ['GET', '/v1/organizations/:organization/webhooks'],
  'webhook.show': ['GET', '/v1/organizations/:organization/webhooks/:webhook'],
  'webhook.enable': ['POST', '/v1/organizations/:organization/webhooks/:webhook/enable'],
  'webhook.disable': ['POST', '/v1/organizations/:organization/webhooks/:webhook/disable'],
  'webhook.test': ['POST', '/v1/organizations/:organization/webhooks/:webhook/test'],
  'source.list': ['GET', '/v1/organizations/:organization/sources'],
  'source.edit': ['PATCH', '/v1/organizations/:organization/sources/:source'],
  'activity.list': ['GET', '/v1/organizations/:organization/activity'],
}

/** Longest wait for an answer. */
const patienceMs = 30_000

/** What the server said no with, or that it could not be reached (`status` 0). */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {{code?: string, message?: string, hint?: string}} body
   */
  constructor(status, {code = 'unknown', message = 'the server answered with something else than hookctl', hint}) {
    super(message)
    this.status = status
    this.code = code
    this.hint = hint
  }

  /** One sentence and what to do. */
  get sentence() {
    return this.hint === undefined ? this.message : `${this.message} (${this.hint})`
  }
}

/**
 * @param {string} token
 * @param {string} name
 * @param {Readonly<Record<string, unknown>>} [input]
 * @returns {Promise<any>} what the operation answers
 */
export function call(token, name, input = {}) {
  const [method, path] = /** @type {readonly [string, string]} */ (operations[name])
  const rest = {...input}
  const filled = path.replaceAll(/:(\w+)/g, (_, key) => {
    delete rest[key]
    return encodeURIComponent(String(input[key]))
  })
  const isQuery = method === 'GET' || method === 'DELETE'
  const query = isQuery ? queryOf(rest) : ''
  return request(method, `${filled}${query}`, {token, body: isQuery ? undefined : rest})
}

/** @param {Readonly<Record<string, unknown>>} members */
function queryOf(members) {
  const pairs = Object.entries(members).filter(([, value]) => value !== undefined && value !== '')
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}`
}

/**
 * @param {string} method
 * @param {string} path
 * @param {{token?: string, body?: object | undefined}} options
 * @returns {Promise<any>}
 */
export async function request(method, path, {token, body}) {
  /** @type {Record<string, string>} */
  const headers = {accept: 'application/json'}
  if (token !== undefined) headers.authorization = `Bearer ${token}`
  if (body !== undefined) headers['content-type'] = 'application/json'
  /** @type {Response} */
  let response
  try {
    response = await fetch(path, {
      method,
      headers,
      ...(body !== undefined && {body: JSON.stringify(body)}),
      credentials: 'omit',
      redirect: 'error',
      cache: 'no-store',
      signal: AbortSignal.timeout(patienceMs),
    })
  } catch {
    throw new Problem(0, {code: 'unreachable', message: 'the server does not answer', hint: 'does hookctl serve run?'})
  }
  const answer = await response.json().catch(() => ({}))
  if (!response.ok) throw new Problem(response.status, answer)
  return answer
}
