import type {Header} from '../domain/webhook.ts'
import type {InboundRequest} from '../services/inbound.ts'
import {readBytes, refuseCodings} from './body.ts'
import type {InItsTurn} from './bulk.ts'
import type {AskedRequest} from './head.ts'
import {hopsOf} from './hops.ts'
import {bodyLimit} from './input.ts'

/** @param lines names and values of the header lines in turn */
export function inboundRequest(
  asked: AskedRequest,
  lines: readonly string[],
  inItsTurn: InItsTurn,
): Pick<InboundRequest, 'headers' | 'withBody' | 'hops'> {
  return {
    headers: headersOf(lines),
    hops: hopsOf(asked.headers.get('hookctl-hops')),
    async withBody(work) {
      refuseCodings(asked)
      const bytes = await readBytes(asked, bodyLimit({bulk: true}))
      return inItsTurn(bytes.length, () => work(bytes))
    },
  }
}

function headersOf(lines: readonly string[]): Header[] {
  const headers: Header[] = []
  for (let at = 0; at + 1 < lines.length; at += 2) headers.push([lines[at]!, lines[at + 1]!])
  return headers
}

/** Senders that have a user and a password for a URL, and no header of one's own, give the token as the password. */
export function bearerOf(authorization: string | null): string | null {
  const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1]
  if (basic === undefined) return authorization
  const given = Buffer.from(basic, 'base64').toString()
  return `Bearer ${given.slice(given.indexOf(':') + 1)}`
}
