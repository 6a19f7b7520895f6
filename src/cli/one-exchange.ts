import {maskHeaders, maskUrl} from '../domain/mask.ts'
import type {SuccessRule} from '../domain/policy.ts'
import {checkUrl} from '../domain/url.ts'
import type {Header, Method} from '../domain/webhook.ts'
import {usageError} from '../errors.ts'
import type {Settings} from './settings.ts'
import {instanceTargets} from './targets.ts'

type HeaderView = {readonly name: string; readonly value: string}

/** A request to a receiver, made without a webhook, and what came of it. */
export interface OneExchange {
  readonly method: string
  readonly url: string
  readonly success: boolean
  readonly status: number | null
  readonly errorClass: string | null
  readonly error: string | null
  /** What to do about it. */
  readonly hint: string | null
  readonly durationMs: number
  readonly requestHeaders: readonly HeaderView[]
  readonly requestBody: string
  readonly responseHeaders: readonly HeaderView[]
  readonly responseBody: string
}

export interface OneRequest {
  /** As `sendingUrl` answers it. */
  readonly url: string
  readonly method: Method
  readonly headers: readonly Header[]
  readonly body: Uint8Array
  readonly timeoutMs: number
  readonly success: SuccessRule
}

/** Sends it as a worker of this machine would, under its target policy and through its proxy. */
export async function exchangeWith(request: OneRequest, settings: Settings): Promise<OneExchange> {
  const {url, method, headers, body, timeoutMs} = request
  const {exchangeOnce} = await import('../embedded.ts')
  const {outcome, trouble} = await exchangeOnce(
    {url, method, headers, body, timeoutMs, tls: {verify: true, caFile: null}},
    instanceTargets(settings),
    request.success,
  )
  const {status, durationMs} = outcome
  return {
    method,
    url: maskUrl(url),
    success: trouble === null,
    status,
    errorClass: trouble?.errorClass ?? null,
    error: trouble?.error ?? null,
    hint: trouble?.hint ?? null,
    durationMs,
    requestHeaders: views(maskHeaders(headers)),
    requestBody: Buffer.from(body).toString('utf8'),
    responseHeaders: views(outcome.responseHeaders),
    responseBody: Buffer.from(outcome.responseBody).toString('utf8'),
  }
}

/** Headers of all layers in their order; a name in a later layer takes the place of the same in an earlier one, whatever its case. */
export function layered(...layers: readonly (readonly Header[])[]): readonly Header[] {
  return layers.flatMap((layer, index) => {
    const later = new Set(layers.slice(index + 1).flatMap(each => each.map(([name]) => name.toLowerCase())))
    return layer.filter(([name]) => !later.has(name.toLowerCase()))
  })
}

const views = (headers: readonly Header[]) => headers.map(([name, value]) => ({name, value}))

/** What `--to` names, as it is dialled: judged before a secret is asked for. @throws usage where it is no URL to send to */
export function sendingUrl(text: string): string {
  const verdict = checkUrl(text)
  if (verdict.ok) return verdict.canonical
  throw usageError(verdict.code, `--to: ${verdict.message}`, {hint: verdict.hint})
}
