import type {Header, Method} from '../../domain/webhook.ts'
import {exchangeWith, layered, type OneExchange, sendingUrl} from '../one-exchange.ts'
import {parseHeader} from '../webhook-flags.ts'
import {type SignContext, type SignFlags, signBytes} from './answer-sign.ts'
import {bodyOf, bodySource, openBody} from './message.ts'

export interface SendFlags extends SignFlags {
  readonly to: string
  readonly method?: Method | undefined
  readonly header?: readonly string[] | undefined
  readonly timeout: number
}

/** A body that was sent as it is, and what came back. */
export interface SentBody extends OneExchange {
  readonly scheme: string
}

/** Sends the exact bytes, signed, as a worker of this machine would: nothing is stored. */
export async function sendForFlags(
  flags: SendFlags,
  context: SignContext & {readonly version: string},
): Promise<SentBody> {
  const url = sendingUrl(flags.to)
  const body = await openBody(bodySource(flags, context.surroundings), context.surroundings).whole()
  const {scheme, headers} = await signBytes(flags, bodyOf(body), context)
  const usual: Header[] = [
    ['Content-Type', 'application/json'],
    ['User-Agent', `hookctl/${context.version}`],
    ['Accept-Encoding', 'identity'],
  ]
  const request = {
    url,
    method: flags.method ?? 'POST',
    headers: layered(usual, pairs((flags.header ?? []).map(parseHeader)), pairs(headers)),
    body,
    timeoutMs: flags.timeout,
    success: {kind: '2xx'},
  } as const
  return {scheme, ...(await exchangeWith(request, context.settings))}
}

const pairs = (headers: readonly {readonly name: string; readonly value: string}[]): Header[] =>
  headers.map(({name, value}) => [name, value])
