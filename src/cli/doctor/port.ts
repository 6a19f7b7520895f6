import {createServer} from 'node:net'
import {type Finding, ok, warning} from './finding.ts'

/** Whether `serve` could listen where it usually does. `ours` is the URL of the server of this store, or null. */
export async function examinePort(listen: {host: string; port: number}, ours: string | null): Promise<Finding> {
  const place = `${listen.host}:${listen.port}`
  if (ours !== null && URL.canParse(ours) && new URL(ours).host === place) return ok('port', `${place} is ours`)
  const code = await tryToListen(listen)
  if (code === null) return ok('port', `${place} is free`)
  const why = code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be listened on (${code})`
  return warning('port', `${place} ${why}`, 'hookctl serve --listen 127.0.0.1:0 takes any free one')
}

const tryToListen = ({host, port}: {host: string; port: number}): Promise<string | null> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', error => resolve((error as NodeJS.ErrnoException).code ?? error.message))
    server.listen({host, port, exclusive: true}, () => server.close(() => resolve(null)))
  })
