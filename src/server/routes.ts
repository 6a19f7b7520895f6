import type {Operation} from '../api/operation.ts'
import type {OperationName} from '../api/operations.ts'
import {operations} from '../api/operations.ts'
import {notFoundError, usageError} from '../errors.ts'
import {Refused} from './refused.ts'

/** Where webhooks of platforms come in. */
export const INBOUND = '/in/:source'

type Way = readonly [method: string, path: string]

/** What a monitoring system asks for. */
const monitorRoutes: readonly Way[] = [
  ['GET', '/healthz'],
  ['GET', '/metrics'],
]

/** Ways in besides the operations. */
export const extraRoutes: readonly Way[] = [
  ['GET', '/'],
  ['GET', '/page/:file'],
  ...monitorRoutes,
  ['GET', '/openapi.json'],
  ['HEAD', INBOUND],
  ['POST', INBOUND],
  ['GET', '/v1/stream'],
  ['POST', '/v1/web/sessions'],
  ['DELETE', '/v1/web/sessions'],
]

export const operationEntries = Object.entries(operations) as unknown as readonly (readonly [
  OperationName,
  Operation,
])[]

/** Why no route of the server was taken. */
export const noRoute = noWay(
  [...operationEntries.map(([, {path, method}]): Way => [method, path]), ...extraRoutes],
  'GET /openapi.json lists every path',
)

/** The same of a process that only sends. */
export const noMonitorRoute = noWay(monitorRoutes, 'this process only sends: it answers GET /healthz and GET /metrics')

/** Why none of the ways was taken: 405 with `Allow` where the path is one, else 404. */
function noWay(ways: readonly Way[], hint: string): (method: string, path: string) => Refused {
  const routes = ways.map(([method, path]) => ({
    method,
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+')}$`),
  }))
  return (method, path) => {
    const methods = [...new Set(routes.filter(({pattern}) => pattern.test(path)).map(route => route.method))]
    const spelled = path.slice(0, 200)
    if (methods.length === 0) {
      return new Refused(404, notFoundError('route_not_found', `there is nothing at ${spelled}`, {hint}))
    }
    const allow = methods.flatMap(known => (known === 'GET' ? ['GET', 'HEAD'] : [known])).join(', ')
    return new Refused(
      405,
      usageError('method_not_allowed', `${spelled} does not take ${method}`, {hint: `it takes ${allow}`}),
      {allow},
    )
  }
}
