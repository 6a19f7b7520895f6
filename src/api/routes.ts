import type {Operation} from './operation.ts'
import {type OperationName, operations} from './operations.ts'

/** Where an operation is asked for: all that a client over HTTP needs to know of it. */
export type Route = Pick<Operation, 'method' | 'path'>

/**
 * The route of every operation. The build puts the value in the place of this module: a command that asks a server
 * checks no input itself, and starts without the schemas of the wire contract.
 */
export const routes = Object.fromEntries(
  Object.entries(operations).map(([name, {method, path}]) => [name, {method, path}]),
) as Readonly<Record<OperationName, Route>>
