import {parentPort, type TransferListItem, workerData} from 'node:worker_threads'
import {openSqliteStore} from '../store.ts'
import {type Answer, type Call, type Start, type Told, toFailure} from './messages.ts'
import {packedAnswer, unpacked} from './packed.ts'

/** The thread that has the connection for writing: takes calls, answers what a turn of the event loop has ready at once. */

type Method = (...question: readonly unknown[]) => Promise<unknown>

const port = parentPort!
const store = openSqliteStore({...(workerData as Start), now: Date.now})
const parts = store as unknown as Readonly<Record<string, Readonly<Record<string, Method>>>>

let answers: Answer[] = []
let memory: TransferListItem[] = []
let written = false
let isPlanned = false

store.onWrite(() => {
  written = true
  plan()
})

function plan(): void {
  if (isPlanned) return
  isPlanned = true
  // Answers of one commit become ready in the same run of microtasks: together they are one message.
  queueMicrotask(() => queueMicrotask(tell))
}

function tell(): void {
  isPlanned = false
  const told: Told = {answers, written}
  port.postMessage(told, memory)
  answers = []
  memory = []
  written = false
}

async function answer({id, part, method, question}: Call): Promise<void> {
  try {
    const {value, transfer} = packedAnswer(method, await parts[part]![method]!(...unpacked(method, question)))
    memory.push(...transfer)
    answers.push({id, ok: true, value})
  } catch (error) {
    answers.push({id, ok: false, failure: toFailure(error)})
  }
  plan()
}

/** What was asked for before is answered before the end. */
async function close(): Promise<void> {
  await store.close()
  setImmediate(() => {
    tell()
    port.close()
  })
}

port.on('message', (calls: readonly Call[] | 'close') => {
  if (calls === 'close') void close()
  else for (const call of calls) void answer(call)
})
