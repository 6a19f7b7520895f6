import type {Operation} from '../api/operation.ts'
import type {OperationName} from '../api/operations.ts'
import {operations} from '../api/operations.ts'
import {notFoundError, usageError} from '../errors.ts'
import {Refused} from './refused.ts'

/** Where webhooks of platforms come in. */
export const INBOUND = '/in/:source'

/** Ways in besides the operations. */
export const extraRoutes: readonly (readonly [method: 'GET' | 'POST' | 'DELETE', path: string])[] = [
  ['GET', '/'],
  ['GET', '/page/:file'],
  ['GET', '/healthz'],
  ['GET', '/metrics'],
  ['GET', '/openapi.json'],
  ['POST', INBOUND],
  ['GET', '/v1/stream'],
  ['POST', '/v1/web/sessions'],
  ['DELETE', '/v1/web/sessions'],
]

export const operationEntries = Object.entries(operations) as unknown as readonly (readonly [
  OperationName,
  Operation,
])[]

const routes = [
  ...operationEntries.map(([, {path, method}]) => ({path, method: method as string})),
  ...extraRoutes.map(([method, path]) => ({path, method: method as string})),
].map(route => ({...route, pattern: new RegExp(`^${route.path.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+')}$`)}))

/** Why no route was taken: 405 with `Allow` where the path is one, else 404. */
export function noRoute(method: string, path: string): Refused {
  const methods = [...new Set(routes.filter(({pattern}) => pattern.test(path)).map(route => route.method))]
  const spelled = path.slice(0, 200)
  if (methods.length === 0) {
    return new Refused(
      404,
      notFoundError('route_not_found', `there is nothing at ${spelled}`, {hint: 'GET /openapi.json lists every path'}),
    )
  }
  const allow = methods.flatMap(known => (known === 'GET' ? ['GET', 'HEAD'] : [known])).join(', ')
  return new Refused(
    405,
    usageError('method_not_allowed', `${spelled} does not take ${method}`, {hint: `it takes ${allow}`}),
    {allow},
  )
}
