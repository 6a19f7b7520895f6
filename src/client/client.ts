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
  stream(question: StreamQuestion, signal: AbortSignal): AsyncIterable<StreamItem>
  close(): Promise<void>
}
