import {Worker} from 'node:worker_threads'
import type {Recorded, Store} from '../../store.ts'
import {closedError} from '../failure.ts'
import {openSqliteStore, type SqliteQuestion} from '../store.ts'
import {type Answer, type Call, fromFailure, type Start, type Told} from './messages.ts'
import {packed, unpackedAnswer} from './packed.ts'
import {createRecent} from './recent.ts'

type Part = {[K in keyof Store]: Store[K] extends (...question: never[]) => unknown ? never : K}[keyof Store]

/**
 * What goes to the thread: all that writes, and what the worker asks for work. A method that is missing here is right
 * all the same, on this thread's own connection; only then nobody else runs while it waits for the disk.
 */
const THERE: {readonly [P in Part]?: readonly (keyof Store[P])[]} = {
  organizations: ['add', 'replace', 'remove'],
  contexts: ['add', 'replace', 'remove'],
  members: ['add', 'replace', 'remove'],
  tokens: ['add', 'remove', 'touch'],
  webhooks: ['add', 'replace', 'remove', 'tellHealth'],
  sources: ['add', 'replace', 'remove', 'noteReceived'],
  eventTypes: ['add', 'replace', 'remove'],
  changes: ['make'],
  events: ['accept'],
  deliveries: ['add', 'due', 'nextDue', 'record', 'move', 'hold', 'resume', 'setBack', 'seal', 'freeze', 'flush'],
  replays: ['add', 'addItems', 'begin', 'discard', 'change', 'drive', 'handOver'],
  history: ['add'],
  objects: ['write'],
  worker: ['setEnabled', 'own', 'renew', 'release'],
  retention: ['prune', 'expunge', 'compact'],
}

/**
 * The SQLite store with its writing in a thread of its own: whoever accepts or sends goes on while a commit waits for the
 * disk. What only reads is answered here, from a connection of its own, and sees all that was answered as written.
 */
export async function openThreadedStore({
  file,
  now,
  secureDelete = false,
  secretKey = null,
}: SqliteQuestion & {readonly file: string}): Promise<Store> {
  // Opened here first: makes the file, brings it up to date, and says what is wrong with it.
  const here = openSqliteStore({file, now, secureDelete, secretKey, examine: true})
  const recent = createRecent(() => performance.now())
  const thread = startThread({file, secureDelete, secretKey}, recent.forget)
  const listeners = new Set<() => void>()
  const written = () => {
    // After those who wait for the answer: what they do with it is more urgent than to look for more.
    setImmediate(() => {
      for (const listener of listeners) listener()
    })
  }
  thread.onWrite(written)
  here.onWrite(() => {
    recent.forget()
    written()
  })
  const store = {...here, ...partsThere(here, thread)}
  return {
    ...store,
    organizations: {...store.organizations, bySlug: recent.of(store.organizations.bySlug)},
    webhooks: {...store.webhooks, all: recent.of(store.webhooks.all)},
    eventTypes: {...store.eventTypes, withSchema: recent.of(store.eventTypes.withSchema)},
    worker: {...store.worker, enabled: recent.of(store.worker.enabled)},
    onWrite(listener) {
      const own = () => listener()
      listeners.add(own)
      return () => listeners.delete(own)
    },
    async close() {
      listeners.clear()
      await thread.close()
      await here.close()
    },
  }
}

/** The parts of the store with the methods of `THERE` asked of the thread. */
const partsThere = (here: Store, thread: Thread): Partial<Store> =>
  Object.fromEntries(
    Object.entries(THERE).map(([part, methods]) => [
      part,
      {
        ...(here[part as Part] as object),
        ...Object.fromEntries(
          methods.map(method => [
            method,
            (...question: readonly unknown[]) => thread.ask(part, String(method), question),
          ]),
        ),
      },
    ]),
  )

/**
 * What one turn of the event loop asks is one message: each wakes the other thread, and is a commit at the worst. From so
 * many things on it goes at once, so that the other thread works while this one gathers the next.
 */
const ENOUGH = 16

const weightOf = (question: readonly unknown[]): number =>
  question.reduce<number>((most, part) => (Array.isArray(part) ? Math.max(most, part.length) : most), 1)

/** Parts of the store that hold what happens; the others hold what is set up: organizations, webhooks, switches. An outcome may pause a webhook. */
const RECORDS: ReadonlySet<string> = new Set(['events', 'deliveries', 'replays', 'history'])

function maySetUp(part: string, method: string, [first]: readonly unknown[]): boolean {
  if (method === 'record') return (first as readonly Recorded[]).some(({pause}) => pause !== null)
  return !RECORDS.has(part)
}

interface Thread {
  ask(part: string, method: string, question: readonly unknown[]): Promise<unknown>
  onWrite(listener: () => void): void
  /** Lets it write what it was given. */
  close(): Promise<void>
}

interface Waiting {
  readonly method: string
  readonly setsUp: boolean
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** @param changed called before the answer to what may have changed something that is set up */
function startThread(start: Start, changed: () => void): Thread {
  const {file} = start
  const worker = new Worker(threadFile(), {workerData: start, execArgv: []})
  const waiting = new Map<number, Waiting>()
  const ended = Promise.withResolvers<void>()
  let calls: Call[] = []
  let weight = 0
  let count = 0
  let whyGone: unknown = null
  let written = () => {}

  worker.on('message', ({answers, written: isWritten}: Told) => {
    if (isWritten) written()
    for (const answer of answers) settle(answer)
  })
  worker.on('error', error => {
    whyGone = error
  })
  worker.on('exit', () => {
    whyGone ??= closedError(file)
    for (const {reject} of waiting.values()) reject(whyGone)
    waiting.clear()
    ended.resolve()
  })

  function settle(answer: Answer): void {
    const {method, resolve, reject, setsUp} = waiting.get(answer.id)!
    waiting.delete(answer.id)
    if (setsUp) changed()
    if (answer.ok) resolve(unpackedAnswer(method, answer.value))
    else reject(fromFailure(answer.failure))
  }

  function send(): void {
    if (calls.length > 0) worker.postMessage(calls)
    calls = []
    weight = 0
  }

  return {
    ask(part, method, question) {
      if (whyGone !== null) return Promise.reject(whyGone)
      return new Promise((resolve, reject) => {
        const id = ++count
        waiting.set(id, {method, resolve, reject, setsUp: maySetUp(part, method, question)})
        const isFirst = calls.push({id, part, method, question: packed(method, question)}) === 1
        weight += weightOf(question)
        if (weight >= ENOUGH) send()
        else if (isFirst) setImmediate(send)
      })
    },
    onWrite(listener) {
      written = listener
    },
    close() {
      whyGone ??= closedError(file)
      send()
      worker.postMessage('close')
      return ended.promise
    },
  }
}

/** Beside this file in the sources, an entry of its own in what is built. */
const threadFile = (): URL =>
  import.meta.url.endsWith('.ts')
    ? new URL('./main.ts', import.meta.url)
    : new URL('../store-thread.js', import.meta.url)
