import type {Connection} from './connection.ts'
import {translate} from './failure.ts'

/** The methods of a part of the store as this backend writes them: plain functions, answering at once or with a promise. */
export type Direct<S> = {
  readonly [K in keyof S]: S[K] extends (...question: infer Q) => Promise<infer A>
    ? (...question: Q) => A | Promise<A>
    : S[K]
}

type AnyMethod = (...question: never[]) => unknown

/** The same methods, asynchronous, refusing after `close`, with failures of SQLite in the words of the store. */
export function asQuestions<S extends object>(connection: Connection, direct: Direct<S>): S {
  const methods = Object.entries(direct).map(([name, method]) => [
    name,
    typeof method === 'function' ? ask(connection, method as AnyMethod) : method,
  ])
  return Object.fromEntries(methods) as S
}

const ask =
  (connection: Connection, method: AnyMethod) =>
  async (...question: never[]): Promise<unknown> => {
    connection.assertOpen()
    try {
      return await method(...question)
    } catch (error) {
      throw translate(error, connection.location)
    }
  }
