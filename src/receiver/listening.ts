import type {Server} from 'node:http'
import {conflictError, type HookctlError, unreachableError, usageError} from '../errors.ts'

/** Comes back when the server takes connections. @throws what startReceiver names */
export function listening(server: Server, {host, port}: {readonly host: string; readonly port: number}): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', error => reject(cannotListen(error, host, port)))
    server.listen({host, port, exclusive: true}, resolve)
  })
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): HookctlError {
  const cause = {cause: error}
  switch (error.code) {
    case 'EADDRINUSE':
      return conflictError('port_taken', `port ${port} on ${host} is taken by another program`, {
        hint: 'choose another one with --port, or --port 0 for any free one',
        ...cause,
      })
    case 'EACCES':
      return usageError('port_not_allowed', `port ${port} is not yours to listen on`, {
        hint: 'ports below 1024 need rights: take one like --port 9000',
        ...cause,
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return usageError('host_not_local', `"${host}" is no address of this machine`, {
        hint: 'leave --host away for 127.0.0.1',
        ...cause,
      })
    default:
      return unreachableError(
        'cannot_listen',
        `cannot listen on ${host}:${port}: ${error.code ?? error.message}`,
        cause,
      )
  }
}
