import type {Client} from '../client/client.ts'
import {type Drained, type DrainQuestion, drain} from '../client/drain.ts'
import {counted} from './counted.ts'

export const drainWorker = (client: Client, question: DrainQuestion): Promise<Drained> => drain(client, question)

export function drainedSentence({drained, unfinished}: Drained, wasInterrupted: boolean): string {
  const left = `${counted(unfinished, 'delivery is', 'deliveries are')} unfinished`
  if (drained) return `sending is off; ${left}`
  return `${wasInterrupted ? 'stopped' : 'the time was up'}: sending is on, ${left}`
}
