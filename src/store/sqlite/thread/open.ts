import {Worker} from 'node:worker_threads'
import type {Store} from '../../store.ts'
import {closedError} from '../failure.ts'
import {openSqliteStore, type SqliteQuestion} from '../store.ts'
import {type Answer, type Call, fromFailure, type Start, type Told} from './messages.ts'

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
  changes: ['make'],
  events: ['accept'],
  deliveries: ['add', 'due', 'nextDue', 'record', 'move', 'moveAll', 'setBack', 'seal', 'freeze', 'flush'],
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
  const thread = startThread({file, secureDelete, secretKey})
  const listeners = new Set<() => void>()
  thread.onWrite(() => {
    for (const listener of listeners) listener()
  })
  here.onWrite(() => {
    for (const listener of listeners) listener()
  })
  const parts = Object.fromEntries(
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
  return {
    ...here,
    ...(parts as Partial<Store>),
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

interface Thread {
  ask(part: string, method: string, question: readonly unknown[]): Promise<unknown>
  onWrite(listener: () => void): void
  /** Lets it write what it was given. */
  close(): Promise<void>
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

function startThread(start: Start): Thread {
  const {file} = start
  const worker = new Worker(threadFile(), {workerData: start, execArgv: []})
  const waiting = new Map<number, Waiting>()
  const ended = Promise.withResolvers<void>()
  let calls: Call[] = []
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
    const {resolve, reject} = waiting.get(answer.id)!
    waiting.delete(answer.id)
    if (answer.ok) resolve(answer.value)
    else reject(fromFailure(answer.failure))
  }

  function send(): void {
    if (calls.length > 0) worker.postMessage(calls)
    calls = []
  }

  return {
    ask(part, method, question) {
      if (whyGone !== null) return Promise.reject(whyGone)
      return new Promise((resolve, reject) => {
        const id = ++count
        waiting.set(id, {resolve, reject})
        // What is asked in one run of microtasks is one message.
        if (calls.push({id, part, method, question}) === 1) queueMicrotask(send)
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
