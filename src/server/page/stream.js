/** The server says something every 15 s at least. */
const silentMs = 45_000
const firstWaitMs = 500
const longestWaitMs = 15_000
/** More than the largest item there is; a stream that sends more without an end of line is not hookctl's. */
const longestText = 4 * 1024 * 1024

/**
 * Follows what happens in an organization, over as many connections as it takes: the cursor of the last item is where the
 * next one goes on. Fetch and not EventSource, which cannot send a token except in the address.
 *
 * @param {object} options
 * @param {string} options.token
 * @param {string} options.organization
 * @param {AbortSignal} options.signal
 * @param {(kind: string, data: string) => void} options.onItem the data is JSON still: most of it nobody reads here
 * @param {(state: {state: 'live'} | {state: 'lost', waitMs: number} | {state: 'refused'}) => void} options.onState
 * @param {(ms: number) => Promise<void>} options.wait ends early when somebody wants it tried now
 */
export async function follow({token, organization, signal, onItem, onState, wait}) {
  let cursor = ''
  let failures = 0
  while (!signal.aborted) {
    const gone = new AbortController()
    try {
      const query = new URLSearchParams({organization, ...(cursor !== '' && {cursor})})
      const response = await fetch(`/v1/stream?${query}`, {
        headers: {authorization: `Bearer ${token}`, accept: 'text/event-stream'},
        credentials: 'omit',
        redirect: 'error',
        cache: 'no-store',
        signal: AbortSignal.any([signal, gone.signal]),
      })
      if (response.status === 401 || response.status === 403) {
        onState({state: 'refused'})
        return
      }
      // A place the server does not know, as after a restore: from now on, then. The lists are asked for anew anyway.
      if (response.status === 422) cursor = ''
      if (!response.ok || response.body === null) throw new Error(`status ${response.status}`)
      onState({state: 'live'})
      for await (const {id, event, data} of events(response.body)) {
        failures = 0
        if (event === 'error') throw new Error('the stream was ended')
        if (id !== '') cursor = id
        if (data !== '') onItem(event, data)
      }
    } catch {
      // Whatever it was, the answer is the same: again, a little later.
    }
    gone.abort()
    if (signal.aborted) return
    const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** failures++) * (0.75 + Math.random() / 2)
    onState({state: 'lost', waitMs})
    await wait(waitMs)
  }
}

/**
 * Server-sent events of a body, one by one; ends when the body does, throws when it has gone silent.
 *
 * @param {ReadableStream<Uint8Array>} body
 */
async function* events(body) {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const {done, value} = await notSilent(reader.read())
    if (done) return
    text += decoder.decode(value, {stream: true})
    if (text.length > longestText) throw new Error('an event without an end')
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      yield parse(text.slice(0, end))
      text = text.slice(end + 2)
    }
  }
}

/** @param {string} frame */
export function parse(frame) {
  const event = {id: '', event: 'message', data: ''}
  for (const line of frame.split('\n')) {
    const [, name = '', value = ''] = /^(id|event|data): ?(.*)$/s.exec(line) ?? []
    if (name === 'data') event.data += event.data === '' ? value : `\n${value}`
    else if (name === 'id' || name === 'event') event[name] = value
  }
  return event
}

/**
 * @template T
 * @param {Promise<T>} chunk
 * @returns {Promise<T>}
 */
async function notSilent(chunk) {
  let timer = 0
  /** @type {Promise<never>} */
  const silence = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('the server has gone silent')), silentMs)
  })
  try {
    return await Promise.race([chunk, silence])
  } finally {
    clearTimeout(timer)
  }
}
