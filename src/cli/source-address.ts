import type {Output} from '../api/operations.ts'
import type {SourceView} from '../api/sources.ts'
import type {Client} from '../client/client.ts'
import {signedUrlOf} from '../domain/source.ts'
import {serverUrl} from './server-url.ts'

/** A source with where webhooks are sent to, as far as that is known here: null without a server, unless senders sign it. */
export type Addressed = SourceView & {readonly url: string | null}

export function addressed({target}: Pick<Client, 'target'>, source: SourceView): Addressed {
  const {id, address, signature} = source
  const here = target.kind === 'http' ? serverUrl(target.location, address) : null
  return {...source, url: signature?.url === undefined ? here : signedUrlOf({id}, signature.url)}
}

/** The same with a secret that was just made, which is shown this once. */
export const withNewSecret = (client: Client, {source, secret}: Output<'source.create'>) => ({
  ...addressed(client, source),
  ...(secret === null ? {} : {secret}),
})

/** What to do with a source, in words. */
export function sourceLines({url, address, signature, eventType}: Addressed): string[] {
  const where = url ?? `${address} on this store's server (hookctl serve)`
  const how =
    signature === null
      ? 'with a token of scope ingest: Authorization: Bearer TOKEN, or as the password of the URL'
      : `signed with its secret (${signature.scheme})`
  const what = eventType === null ? [] : [`each is an event of type ${eventType}`]
  return [`webhooks go to ${where}`, `they are taken ${how}`, ...what]
}
