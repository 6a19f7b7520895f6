import {once} from 'node:events'
import {createServer, request as httpRequest} from 'node:http'
import {createServer as createTlsServer} from 'node:https'
import {type AddressInfo, connect, type Socket} from 'node:net'
import {certificate, privateKey} from './certificate.ts'

export interface Proxy extends AsyncDisposable {
  /** Without credentials. */
  readonly url: string
  readonly host: string
  /** What it was asked: `CONNECT hooks.example:443`, `POST http://hooks.example/in`. */
  readonly asked: readonly string[]
  /** Connections opened so far, and open now. */
  readonly connections: {readonly opened: number; readonly open: number}
  /** `Proxy-Authorization` of each of these. */
  readonly credentials: readonly (string | undefined)[]
}

export interface ProxyOptions {
  readonly tls?: boolean
  /** Where `host:port` leads; a target that is not in here cannot be reached. */
  readonly leads: Readonly<Record<string, number>>
  /** Answers every CONNECT and every request so, in place of passing it on. */
  readonly status?: number
  /** Called for each CONNECT in place of an answer. */
  readonly onConnect?: (socket: Socket) => void
}

/** A real forward proxy on a free loopback port, which has a resolver of its own. */
export async function openProxy({tls = false, leads, status, onConnect}: ProxyOptions): Promise<Proxy> {
  const asked: string[] = []
  const credentials: (string | undefined)[] = []
  const sockets = new Set<Socket>()
  let [opened, open] = [0, 0]
  const server = tls ? createTlsServer({key: privateKey, cert: certificate}) : createServer()

  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    opened++
    open++
    socket.on('close', () => open-- && sockets.delete(socket)).on('error', () => {})
  })
  server.on('connect', (request, socket: Socket) => {
    asked.push(`CONNECT ${request.url}`)
    credentials.push(request.headers['proxy-authorization'])
    socket.on('error', () => {})
    if (onConnect !== undefined) return onConnect(socket.resume().on('end', () => socket.end()))
    const port = leads[request.url ?? '']
    if (status !== undefined || port === undefined) {
      return socket.end(`HTTP/1.1 ${status ?? 502} No\r\nContent-Length: 2\r\n\r\nno`)
    }
    const on = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(on).pipe(socket)
    })
    sockets.add(on)
    on.on('error', () => socket.destroy())
  })
  server.on('request', (request, response) => {
    const {method, url = '', headers} = request
    asked.push(`${method} ${url}`)
    credentials.push(headers['proxy-authorization'])
    const target = URL.parse(url)
    const port = target === null ? undefined : leads[`${target.hostname}:${target.port || 80}`]
    if (status !== undefined || port === undefined) return response.writeHead(status ?? 502).end()
    const {'proxy-authorization': _, ...rest} = headers
    const passed = httpRequest(
      {port, host: '127.0.0.1', method, path: `${target!.pathname}${target!.search}`, headers: rest},
      answer => {
        response.writeHead(answer.statusCode ?? 500, answer.rawHeaders)
        answer.pipe(response)
      },
    )
    passed.on('error', () => response.writeHead(502).end())
    request.pipe(passed)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  const host = `${tls ? 'localhost' : '127.0.0.1'}:${port}`
  return {
    url: `${tls ? 'https' : 'http'}://${host}`,
    host,
    asked,
    credentials,
    get connections() {
      return {opened, open}
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(done => server.close(done))
    },
  }
}
