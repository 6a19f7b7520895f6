import type {Input, OperationName, Output} from '../api/operations.ts'
import type {StreamItem, StreamQuestion} from '../api/stream.ts'

/**
 * The product as a command sees it: the operations table, over HTTP (http.ts) or in this process (local.ts). Both
 * validate and enforce roles in the services, and both reject with the same HookctlError.
 */
export interface Client {
  /** Where the answers come from: shown by `status` and `doctor`. */
  readonly target: {readonly kind: 'local' | 'http'; readonly location: string}
  call<Name extends OperationName>(name: Name, input: Input<Name>): Promise<Output<Name>>
  /** Follows what happens from a durable cursor on; reconnects by itself and never skips. Ends when `signal` aborts. */
  stream(question: StreamQuestion, signal: AbortSignal, watch?: WatchConnection): AsyncIterable<StreamItem>
  /** Sending from this process, for a command that delivers because no server runs; null over HTTP, where the server sends. */
  readonly sender: Sender | null
  close(): Promise<void>
}

/** Told once when the server, or the database of a store, is gone, and once when it is back; never of a file. */
export type WatchConnection = (state: 'lost' | 'restored') => void

export interface Sender {
  /** Begins to send what is due. False when another process owns the store's sending already: it will send. */
  start(): Promise<boolean>
  /** Resolves when nothing is due any more; at once where this process does not send. Retries planned for later are not waited for. */
  drained(): Promise<void>
  /** Finishes what is in flight and records it. */
  stop(): Promise<void>
}
