import {accessSync, constants} from 'node:fs'
import type {WebhookView} from '../../api/webhooks.ts'
import {argumentWord, flagWord} from '../../domain/shell-word.ts'
import {type Finding, failed, ok, warning} from './finding.ts'

/** Webhooks that are switched on and yet get nothing, or get it over a connection that proves nothing. */
export function examineWebhooks(webhooks: readonly WebhookView[]): readonly Finding[] {
  if (webhooks.length === 0)
    return [warning('webhooks', 'there are none: nobody is told of anything', 'hookctl webhook create')]
  const found = webhooks.filter(({active}) => active).flatMap(examine)
  const count = `${webhooks.length}, ${webhooks.filter(({active}) => active).length} of them on`
  return [ok('webhooks', count), ...found]
}

function examine({name, url, paused, health, policies: {tls}}: WebhookView): Finding[] {
  const found: Finding[] = []
  if (paused === null && health.failing) {
    const detail = `${name} has failed ${health.failures} times in a row, since ${health.failingSince}`
    found.push(warning('webhooks', detail, `hookctl delivery list ${flagWord('webhook', name)} --state failed,pending`))
  }
  if (paused !== null) {
    const why = paused.reason === 'gone' ? 'its receiver said the address is gone for good (410)' : 'it kept failing'
    found.push(
      warning(
        'webhooks',
        `${name} is paused since ${paused.at}: ${why}`,
        `hookctl webhook enable ${argumentWord(name)}`,
      ),
    )
  }
  if (url === null) {
    found.push(
      warning(
        'webhooks',
        `${name} has no URL: it is sent nothing`,
        `hookctl webhook edit ${argumentWord(name, '--url URL')}`,
      ),
    )
  }
  if (!tls.verify && url?.startsWith('https:')) {
    const detail = `${name} takes any certificate: whoever is in between can read and answer`
    found.push(
      warning(
        'webhooks',
        detail,
        `hookctl webhook edit ${argumentWord(name, '--tls verify')}, with --ca-file FILE for an own CA`,
      ),
    )
  }
  if (tls.caFile !== null && !isReadable(tls.caFile)) {
    found.push(
      failed(
        'webhooks',
        `the CA file of ${name} cannot be read: ${tls.caFile}`,
        `hookctl webhook edit ${argumentWord(name, '--ca-file FILE')}`,
      ),
    )
  }
  return found
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK)
    return true
  } catch {
    return false
  }
}
