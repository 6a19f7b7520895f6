import {once} from 'node:events'
import {type AddressInfo, createServer, type Socket} from 'node:net'
import {createServer as createTlsServer} from 'node:tls'
import {certificate, privateKey} from './certificate.ts'

/** One request as it came: nothing decoded, nothing joined, nothing reordered. */
export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  /** In wire order, names as they were spelled; a repeated name is a repeated pair. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Request line and headers, up to and including the empty line. */
  readonly head: Buffer
  readonly body: Buffer
  /** Milliseconds since the epoch. */
  readonly at: number
  /** The how-manieth connection it came on, from 1. */
  readonly connection: number
  /** The first value of a header, whatever its spelling. */
  header(name: string): string | undefined
}

/** What a receiver does with a request: it has the socket and may do anything with it. */
export type Answer = (socket: Socket, request: ReceivedRequest, stopped: AbortSignal) => void | Promise<void>

export interface Receiver extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly requests: readonly ReceivedRequest[]
  /** Connections opened so far, and open now. */
  readonly connections: {readonly opened: number; readonly open: number}
  /** These answer the next requests, one each; then `otherwise` again. */
  next(...answers: readonly Answer[]): void
  /** Answers every request for which nothing else is scripted; 204 unless set. */
  otherwise(answer: Answer): void
  /** Resolves when so many requests have come in all. Rejects after `timeoutMs`. */
  received(count: number, timeoutMs?: number): Promise<readonly ReceivedRequest[]>
  close(): Promise<void>
}

export interface ReceiverOptions {
  readonly tls?: boolean
  readonly host?: string
  /** Called for each connection in place of reading requests: accept only, refuse by reset, speak first. */
  readonly onConnection?: (socket: Socket) => void
}

/** A receiver on a free loopback port, as hostile as its script. */
export async function openReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const {host = '127.0.0.1'} = options
  const requests: ReceivedRequest[] = []
  const script: Answer[] = []
  const sockets = new Set<Socket>()
  const watchers = new Set<() => void>()
  const stopping = new AbortController()
  let otherwise: Answer = answers.status(204)
  let opened = 0

  function onSocket(socket: Socket): void {
    const connection = ++opened
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    for (const watcher of watchers) watcher()
    if (options.onConnection !== undefined) options.onConnection(socket)
    else listen(socket, connection)
  }

  function listen(socket: Socket, connection: number): void {
    readRequests(socket, connection, request => {
      requests.push(request)
      for (const watcher of watchers) watcher()
      return (script.shift() ?? otherwise)(socket, request, stopping.signal)
    })
  }

  const server = options.tls
    ? createTlsServer({key: privateKey, cert: certificate, allowHalfOpen: true}, onSocket)
    : createServer({allowHalfOpen: true, noDelay: true}, onSocket)
  // Under TLS also the connections whose handshake never ended are to be closed.
  const accepted = new Set<Socket>()
  server.on('connection', socket => {
    accepted.add(socket)
    socket.on('close', () => accepted.delete(socket)).on('error', () => {})
  })
  server.on('tlsClientError', () => {})
  server.listen(0, host)
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  const shownHost = host.includes(':') ? `[${host}]` : host

  async function close(): Promise<void> {
    stopping.abort()
    for (const socket of [...sockets, ...accepted]) socket.destroy()
    await new Promise(done => server.close(done))
  }

  return {
    url: `${options.tls ? 'https' : 'http'}://${shownHost}:${port}`,
    port,
    requests,
    get connections() {
      return {opened, open: sockets.size}
    },
    next: (...given) => void script.push(...given),
    otherwise(answer) {
      otherwise = answer
    },
    received: (count, timeoutMs = 10_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          watchers.delete(look)
          reject(new Error(`${requests.length} of ${count} requests came within ${timeoutMs} ms`))
        }, timeoutMs)
        function look(): void {
          if (requests.length < count) return
          clearTimeout(timer)
          watchers.delete(look)
          resolve(requests)
        }
        watchers.add(look)
        look()
      }),
    close,
    [Symbol.asyncDispose]: close,
  }
}

type OnRequest = (request: ReceivedRequest) => void | Promise<void>

/** Reads requests with a length (or none), one after the other. */
function readRequests(socket: Socket, connection: number, onRequest: OnRequest): void {
  let pending: Buffer = Buffer.alloc(0)
  let turn = Promise.resolve()
  socket.on('data', chunk => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    for (;;) {
      const end = pending.indexOf('\r\n\r\n')
      if (end < 0) return
      const head = pending.subarray(0, end + 4)
      const request = parseHead(Buffer.from(head), connection)
      const length = Number(request.header('content-length') ?? 0)
      if (pending.length < head.length + length) return
      const body = Buffer.from(pending.subarray(head.length, head.length + length))
      pending = pending.subarray(head.length + length)
      turn = turn.then(() => onRequest({...request, body, at: Date.now()}))
    }
  })
  socket.on('end', () => void turn.then(() => socket.end()))
}

function parseHead(head: Buffer, connection: number): ReceivedRequest {
  const [line = '', ...lines] = head.toString('latin1').trimEnd().split('\r\n')
  const [method = '', path = ''] = line.split(' ')
  const headers = lines.map(each => {
    const colon = each.indexOf(':')
    return [each.slice(0, colon), each.slice(colon + 1).trim()] as const
  })
  const header = (name: string) => headers.find(([given]) => given.toLowerCase() === name.toLowerCase())?.[1]
  return {method, path, headers, head, body: Buffer.alloc(0), at: 0, connection, header}
}

export interface StatusOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly delayMs?: number
}

const wait = (ms: number, stopped: AbortSignal): Promise<void> =>
  new Promise(done => {
    const timer = setTimeout(done, ms)
    stopped.addEventListener('abort', () => {
      clearTimeout(timer)
      done()
    })
  })

const write = (socket: Socket, head: string, ...rest: readonly (string | Uint8Array)[]): void => {
  socket.write(
    Buffer.concat([head, ...rest].map(part => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))),
  )
}

async function repeat(
  socket: Socket,
  stopped: AbortSignal,
  everyMs: number,
  chunk: Uint8Array | string,
): Promise<void> {
  while (!socket.destroyed && !stopped.aborted) {
    if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {})
    await wait(everyMs, stopped)
  }
}

/** Ways to answer, from polite to hostile. */
export const answers = {
  /** An ordinary answer, complete and on a connection that stays open. */
  status:
    (status: number, {headers = {}, body = '', delayMs = 0}: StatusOptions = {}): Answer =>
    async (socket, _request, stopped) => {
      if (delayMs > 0) await wait(delayMs, stopped)
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
      const bytes = Buffer.from(body as string)
      write(socket, `HTTP/1.1 ${status} X\r\nContent-Length: ${bytes.length}\r\n${lines.join('')}\r\n`, bytes)
    },
  redirect: (status: number, location: string): Answer => answers.status(status, {headers: {Location: location}}),
  /** Takes the request and says nothing. */
  silent: (): Answer => () => {},
  /** Never ends its headers. */
  dripHeaders:
    (everyMs: number): Answer =>
    (socket, _request, stopped) => {
      socket.write('HTTP/1.1 200 OK\r\nX-Drip: ')
      return repeat(socket, stopped, everyMs, 'x')
    },
  /** Never ends its body. */
  dripBody:
    (everyMs: number): Answer =>
    (socket, _request, stopped) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n')
      return repeat(socket, stopped, everyMs, 'x')
    },
  /** An endless body, as fast as it is taken. */
  flood:
    (status = 200): Answer =>
    (socket, _request, stopped) => {
      socket.write(`HTTP/1.1 ${status} OK\r\nTransfer-Encoding: chunked\r\n\r\n`)
      const chunk = Buffer.concat([Buffer.from('4000\r\n'), Buffer.alloc(0x4000, 'f'), Buffer.from('\r\n')])
      return repeat(socket, stopped, 0, chunk)
    },
  /** What stands around an answer rather than in it, without end: `first` once, then `again` as fast as it is taken. */
  endless:
    (first: string, again: string): Answer =>
    (socket, _request, stopped) => {
      socket.write(first)
      return repeat(socket, stopped, 0, again.repeat(Math.ceil(16_384 / again.length)))
    },
  /** A body that ends when the connection does. */
  untilClose:
    (body: string): Answer =>
    socket => {
      socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${body}`)
    },
  /** Destroys the connection with a TCP reset. */
  reset: (): Answer => socket => {
    socket.resetAndDestroy()
  },
  /** Ends its side of the connection without a word, and keeps the other open. */
  halfClose: (): Answer => socket => {
    socket.end()
  },
  /** Promises `said` bytes, sends `sent`, and closes. */
  lyingLength:
    (said: number, sent: number): Answer =>
    socket => {
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${said}\r\n\r\n${'x'.repeat(sent)}`)
    },
  /** An answer whose headers alone are so many bytes. */
  bigHeaders:
    (bytes: number): Answer =>
    socket => {
      write(socket, `HTTP/1.1 200 OK\r\nX-Big: ${'h'.repeat(bytes)}\r\nContent-Length: 0\r\n\r\n`)
    },
  /** So many headers of a few bytes. */
  manyHeaders:
    (count: number): Answer =>
    socket => {
      const lines = Array.from({length: count}, (_, index) => `X-${index}: ${index}\r\n`)
      write(socket, `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${lines.join('')}\r\n`)
    },
  /** Whatever bytes, then nothing more. */
  raw:
    (text: string): Answer =>
    socket => {
      write(socket, text)
    },
  /** Early hints first, then an ordinary answer. */
  hintsFirst:
    (status: number): Answer =>
    socket => {
      write(socket, `HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 ${status} X\r\nContent-Length: 2\r\n\r\nok`)
    },
}
