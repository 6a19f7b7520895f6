import type {Input, OperationName, Output} from '../../src/api/operations.ts'
import type {StreamItem, StreamQuestion} from '../../src/api/stream.ts'
import {createHttpClient} from '../../src/client/http.ts'
import type {Serving} from '../../src/embedded/serving.ts'
import {openEmbedded} from '../../src/embedded.ts'

/** One user of an installation: asks over HTTP with a token of their own. */
interface User {
  readonly token: string
  ask<Name extends OperationName>(name: Name, input: Input<Name>): Promise<Output<Name>>
  stream(question: StreamQuestion, signal: AbortSignal): AsyncIterable<StreamItem>
}

/** A server with a worker over a store, as `hookctl serve` runs it, and whoever has a token for it. */
export interface Installation extends AsyncDisposable {
  readonly url: string
  /** The server's own token: may do everything. */
  readonly admin: User
  /** A user with this token. */
  as(token: string): User
  /** Any request, as written; with a token where one is given. */
  fetch(path: string, init?: RequestInit & {readonly token?: string}): Promise<Response>
}

/** Close it with `await using`. */
export async function anInstallation({store = 'memory:'}: {readonly store?: string} = {}): Promise<Installation> {
  const embedded = await openEmbedded({store, storePath: null, version: '0.0.0', user: 'anna'})
  const serving: Serving = await embedded.serve({listen: {host: '127.0.0.1', port: 0}, hosts: [], logLevel: 'silent'})
  const as = (token: string): User => {
    const client = createHttpClient({url: serving.url, token})
    return {token, ask: (name, input) => client.call(name, input), stream: client.stream}
  }
  return {
    url: serving.url,
    admin: as(serving.token),
    as,
    fetch: (path, {token, ...init} = {}) =>
      fetch(`${serving.url}${path}`, {
        ...init,
        headers: {
          ...(init.body === undefined ? {} : {'content-type': 'application/json'}),
          ...(token === undefined ? {} : {authorization: `Bearer ${token}`}),
          ...(init.headers as Record<string, string>),
        },
      }),
    async [Symbol.asyncDispose]() {
      await serving.stop(0)
      await embedded.client.close()
    },
  }
}
