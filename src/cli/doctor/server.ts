import {existsSync, readFileSync} from 'node:fs'
import {isRunning, isTrusted, parseServerFile, serverFilePath} from '../../api/server-file.ts'
import {shellWord} from '../../domain/shell-word.ts'
import type {Settings} from '../settings.ts'
import {type Finding, ok, warning} from './finding.ts'
import {examineMode} from './modes.ts'

export interface ServerFound {
  /** The server of this store, where one says it runs. */
  readonly url: string | null
  readonly findings: readonly Finding[]
}

/** What the configuration and the file beside the store say of a server. Whether it answers is another look. */
export function examineServer(settings: Settings, file: string | undefined): ServerFound {
  const configured = settings.text('server')
  if (configured !== undefined) return {url: configured, findings: []}
  if (file === undefined)
    return {url: null, findings: [ok('server', 'none can be found by its file: this store has none')]}
  const path = serverFilePath(file)
  if (!existsSync(path)) return {url: null, findings: [ok('server', 'none runs: commands use the store themselves')]}
  const server = parseServerFile(textOf(path))
  const remove = `rm ${shellWord(path)}`
  if (server === null) return {url: null, findings: [warning('server', `${path} cannot be read as what it is`, remove)]}
  if (!isTrusted(path, file)) {
    const detail = `${path} was written by another user, and is passed over: it would take events and secrets to ${server.url}`
    return {url: null, findings: [warning('server', detail, remove)]}
  }
  if (!isRunning(server)) {
    const detail = `${path} was left by process ${server.pid}, which is gone: nothing listens at ${server.url}`
    return {url: null, findings: [warning('server', detail, `hookctl serve, or ${remove}`)]}
  }
  return {url: server.url, findings: examineMode('server', path)}
}

/** Empty where it cannot be read: one of another user, mostly. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
