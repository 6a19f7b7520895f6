import type {AttemptView, DeliveryView} from '../api/deliveries.ts'
import type {Client} from '../client/client.ts'
import {contentGoneError} from '../domain/retention.ts'
import {conflictError, notFoundError} from '../errors.ts'
import {type CurlCommand, curlCommand} from './curl.ts'

interface CurlFlags {
  readonly attempt?: number | undefined
  readonly fresh?: boolean | undefined
}

/**
 * An attempt's request as a command of curl.
 *
 * @throws conflict `never_attempted`, `content_gone`; not_found `attempt_not_found`
 */
export async function curlOf(
  client: Client,
  organization: string,
  id: string,
  {attempt: number, fresh}: CurlFlags = {},
): Promise<CurlCommand & {readonly delivery: string; readonly attempt: number}> {
  const {delivery, body, attempts} = await client.call('delivery.show', {organization, delivery: id})
  if (delivery.contentGone !== null) throw contentGoneError(`delivery ${id}`, delivery.contentGone)
  const attempt = choose(delivery, attempts, number)
  const bytes = body ?? {encoding: 'utf8' as const, content: '', bytes: 0, truncated: false}
  const signed = fresh ? await signAnew(client, organization, delivery, bytes) : []
  const replaced = new Set(signed.map(({name}) => name.toLowerCase()))
  const headers = [...attempt.requestHeaders.filter(({name}) => !replaced.has(name.toLowerCase())), ...signed]
  const {method, url} = attempt
  return {delivery: id, attempt: attempt.number, ...curlCommand({method, url, headers, body: bytes})}
}

function choose({id, state}: DeliveryView, attempts: readonly AttemptView[], number: number | undefined): AttemptView {
  const attempt = number === undefined ? attempts.at(-1) : attempts.find(each => each.number === number)
  if (attempt !== undefined) return attempt
  if (attempts.length > 0) {
    throw notFoundError('attempt_not_found', `delivery ${id} has no attempt ${number}`, {
      hint: `hookctl delivery show ${id}`,
    })
  }
  throw conflictError('never_attempted', `delivery ${id} is ${state}: nothing was sent yet`, {
    hint: `hookctl delivery show ${id}`,
  })
}

/** @throws conflict where the webhook does not sign */
async function signAnew(
  client: Client,
  organization: string,
  {webhookId: webhook, eventId: id}: DeliveryView,
  {encoding, content}: {readonly encoding: 'utf8' | 'base64'; readonly content: string},
): Promise<AttemptView['requestHeaders']> {
  const body = encoding === 'base64' ? content : Buffer.from(content).toString('base64')
  return (await client.call('webhook.sign', {organization, webhook, body, id})).headers
}
