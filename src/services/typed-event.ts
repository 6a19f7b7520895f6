import {parseJson} from '../domain/json.ts'
import {readTypeTemplate, type TypeTemplate, typeOfRequest} from '../domain/type-template.ts'
import type {Header} from '../domain/webhook.ts'
import {usageError} from '../errors.ts'
import {jsonTextOf} from '../platforms/shared/members.ts'
import type {EventToSend} from './accept.ts'

/**
 * A request that no platform sent as one event: of the type that is made from it, with what it says as data.
 *
 * @param template as `readTypeTemplate` takes it
 * @throws usage `no_event_type` where nothing is in the request of which the type is made; `bad_body`
 */
export function typedEvent(
  template: string,
  headers: readonly Header[],
  body: Uint8Array,
): Pick<EventToSend, 'type' | 'data'> {
  const data = contentOf(headers, body)
  const type = typeOfRequest(readTypeTemplate(template) as TypeTemplate, {headers, body: data})
  if (type !== null) return {type, data}
  throw usageError('no_event_type', `the request has nothing of which its type is made: ${template}`, {
    hint: 'compare it with what the sender sends; `hookctl source edit --event-type` changes it',
  })
}

/** What a body says: JSON, or the fields of a form. Undefined: it is empty. @throws usage `bad_body` */
function contentOf(headers: readonly Header[], body: Uint8Array): unknown {
  if (body.length === 0) return undefined
  const contentType = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
  if (!/^application\/x-www-form-urlencoded\b/i.test(contentType.trim())) return parseJson(jsonTextOf(body))
  const fields = new URLSearchParams(Buffer.from(body).toString())
  const payload = fields.get('payload')
  // GitHub and Slack put the JSON that they would have sent into one field of a form.
  if (payload !== null && fields.size === 1) return parseJson(jsonTextOf(Buffer.from(payload)))
  return Object.fromEntries([...new Set(fields.keys())].map(name => [name, oneOrAll(fields.getAll(name))]))
}

const oneOrAll = (values: readonly string[]): string | readonly string[] =>
  values.length === 1 ? (values[0] as string) : values
