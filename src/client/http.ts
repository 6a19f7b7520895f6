import ky, {HTTPError, type KyInstance, type Options} from 'ky'
import type {Input, OperationName, Output} from '../api/operations.ts'
import {routes} from '../api/routes.ts'
import {parseJson} from '../domain/json.ts'
import {HookctlError, usageError} from '../errors.ts'
import type {Client} from './client.ts'
import {failureOf, notOurs} from './failure.ts'
import {type BuiltRequest, buildRequest} from './request.ts'
import {unhurried} from './unhurried.ts'

/** Where a server is, and what it knows us by. */
export interface Address {
  readonly url: string
  readonly token: string
}

export interface HttpClientOptions extends Address {
  /** For one call, from the first byte sent to the last one read; 30 s unless given. */
  readonly timeoutMs?: number
  /**
   * Asks where the server is now, for one that was started anew with another port or token: what the server file says.
   * Null where nothing runs.
   */
  readonly rediscover?: () => Promise<Address | null>
  /** Waits between attempts to get a stream back; given by tests. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
  /** In place of the network: `async request => app.fetch(request)`. */
  readonly fetch?: NonNullable<Options['fetch']>
}

/** The connection a client works with; replaced when the server has moved. */
export interface Connection {
  readonly address: Address
  readonly http: KyInstance
}

/**
 * The product on a server. Every error is the one the services threw there, or `server_unreachable`,
 * `server_timeout`, `not_a_hookctl_server`.
 */
export function createHttpClient(options: HttpClientOptions): Client {
  const {timeoutMs = 30_000, rediscover} = options
  let connection = connect(options, options)
  /** True when the server is somewhere else than before. */
  const moved = async (): Promise<boolean> => {
    const found = await rediscover?.()
    if (!found || (found.url === connection.address.url && found.token === connection.address.token)) return false
    connection = connect(options, found)
    return true
  }
  return {
    target: {kind: 'http', location: connection.address.url},
    sender: null,
    async call<Name extends OperationName>(name: Name, input: Input<Name>): Promise<Output<Name>> {
      const built = await build(name, input)
      try {
        return (await unhurried(() => request(connection, built, timeoutMs))) as Output<Name>
      } catch (error) {
        // Neither has reached an operation, so that asking again cannot do anything twice.
        if (!(isNotBegun(error) && (await moved()))) throw error
        return (await unhurried(() => request(connection, built, timeoutMs))) as Output<Name>
      }
    },
    async *stream(question, signal, watch) {
      const {followStream} = await import('./follow-stream.ts')
      const optional = {...(options.wait && {wait: options.wait}), ...(watch && {watch})}
      yield* followStream({connection: () => connection, moved, ...optional}, question, signal)
    },
    async close() {},
  }
}

function connect({fetch}: HttpClientOptions, {url, token}: Address): Connection {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw usageError('bad_server_url', `${JSON.stringify(url)} is no address of a server`, {
      hint: 'an address looks like http://127.0.0.1:8700',
    })
  }
  if (!/^[\x21-\x7e]*$/.test(token)) {
    throw usageError('bad_token', 'the token holds characters no token has', {hint: 'copy it again, without line ends'})
  }
  const http = ky.create({
    prefix: url,
    ...(token && {headers: {authorization: `Bearer ${token}`}}),
    // A token must not follow a redirect, and nothing of ours answers one.
    redirect: 'manual',
    ...(fetch && {fetch}),
  })
  return {address: {url, token}, http}
}

const isNotBegun = (error: unknown): boolean =>
  error instanceof HookctlError &&
  ((error.code === 'server_unreachable' && /ECONNREFUSED/.test(error.message)) || error.code === 'token_invalid')

/** @throws usage what the services would say of an input that cannot be sent to them, or `unaddressable` */
async function build(name: OperationName, input: object): Promise<BuiltRequest> {
  try {
    return buildRequest(routes[name], input as Readonly<Record<string, unknown>>)
  } catch (error) {
    const [{loadOperation}, {parseInput}] = await Promise.all([
      import('../api/load-operation.ts'),
      import('../api/parse.ts'),
    ])
    parseInput((await loadOperation(name)).input, input)
    throw error
  }
}

async function request({address, http}: Connection, built: BuiltRequest, timeoutMs: number): Promise<unknown> {
  const {method, path, query, body} = built
  try {
    const response = await http(path, {
      method,
      searchParams: query,
      ...(body === null ? {} : {body, headers: {'content-type': 'application/json'}}),
      retry: {limit: 2, methods: ['get'], maxRetryAfter: 2000, shouldRetry: ({error}) => isBusy(error)},
      timeout: false,
      // ky's own limits end with the headers; a body that drips has to end too.
      signal: AbortSignal.timeout(timeoutMs),
    })
    return await readAnswer(response, address.url)
  } catch (error) {
    throw failureOf(error, address.url)
  }
}

const isBusy = (error: unknown): boolean => error instanceof HTTPError && [429, 503].includes(error.response.status)

async function readAnswer(response: Response, url: string): Promise<unknown> {
  const text = await response.text()
  if (!/^application\/json\b/.test(response.headers.get('content-type') ?? '')) throw notOurs(response, url)
  try {
    return parseJson(text)
  } catch {
    throw notOurs(response, url)
  }
}
