import {isFormType} from '../domain/headers.ts'
import {type IdTemplate, idOfRequest} from '../domain/id-template.ts'
import {parseJson} from '../domain/json.ts'
import type {Telling} from '../domain/request-template.ts'
import {type TypeTemplate, typeOfRequest} from '../domain/type-template.ts'
import type {Header} from '../domain/webhook.ts'
import {valuesByName} from '../signature/form.ts'
import {jsonTextOf} from './shared/members.ts'

interface Request {
  readonly headers: readonly Header[]
  readonly body: Uint8Array
}

/** A request that no platform sent, as one event. */
export interface TypedRequest {
  /** Null where nothing is in the request of which the type is made. */
  readonly type: string | null
  /** That its sender gives it, and gives it again when it repeats it; null where none is asked for or there. */
  readonly id: string | null
  /** What the body says, as `parseJson` reads it; undefined where it is empty. */
  readonly data: unknown
}

/** What is in a request, of which its event is made. @throws usage `bad_body` where the body is neither JSON nor a form */
export const tellingOf = ({headers, body}: Request): Telling => ({headers, body: contentOf(headers, body)})

/** @throws usage `bad_body` where the body is neither JSON nor a form */
export function readTypedRequest(
  {type, id}: {readonly type: TypeTemplate; readonly id?: IdTemplate},
  request: Request,
): TypedRequest {
  const telling = tellingOf(request)
  return {
    type: typeOfRequest(type, telling),
    id: id === undefined ? null : idOfRequest(id, telling),
    data: telling.body,
  }
}

function contentOf(headers: readonly Header[], body: Uint8Array): unknown {
  if (body.length === 0) return undefined
  const text = Buffer.from(body).toString()
  if (!isForm(headers, text)) return parseJson(jsonTextOf(body))
  const fields = valuesByName(text)
  const [payload, ...others] = fields.get('payload') ?? []
  // GitHub and Slack put the JSON that they would have sent into one field of a form.
  if (payload !== undefined && fields.size === 1 && others.length === 0)
    return parseJson(jsonTextOf(Buffer.from(payload)))
  return Object.fromEntries([...fields].map(([name, values]) => [name, oneOrAll(values)]))
}

/** `curl --data` calls JSON a form too; a form has these signs encoded. */
function isForm(headers: readonly Header[], text: string): boolean {
  const contentType = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
  return isFormType(contentType) && !/^\s*[[{]/.test(text)
}

const oneOrAll = (values: readonly string[]): string | readonly string[] =>
  values.length === 1 ? (values[0] as string) : values
