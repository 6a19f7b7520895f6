import {randomUUID} from 'node:crypto'
import type {Client} from '../../client/client.ts'
import {type Header, inspectSecret, type Scheme} from '../../signature/index.ts'
import type {SecretFlags, SecretReader} from '../secrets.ts'
import {toSeconds} from './answer-verify.ts'
import {asUsage, namedScheme, type SchemeFlags} from './choose-scheme.ts'
import {type Body, bodySource, type MessageFlags, openBody} from './message.ts'
import {secretsOrAsk} from './secret-texts.ts'

export interface SignFlags extends Pick<MessageFlags, 'body'>, SecretFlags, SchemeFlags {
  readonly webhook?: string | undefined
  readonly id?: string | undefined
  /** That which it is sent to is signed, where the scheme signs one. */
  readonly to?: string | undefined
  readonly curl?: string | undefined
  /** Ms since the epoch. */
  readonly at?: number | undefined
}

export interface SignContext extends SecretReader {
  readonly organization: string
  readonly client: () => Promise<Client>
}

export interface Signed {
  readonly scheme: string
  readonly headers: readonly {readonly name: string; readonly value: string}[]
}

/** What `signature sign` answers: signed here, or by who holds the secrets of the stored webhook. */
export const signForFlags = async (flags: SignFlags, context: SignContext): Promise<Signed> =>
  signBytes(flags, openBody(bodySource(flags, context.surroundings), context.surroundings), context)

/** The same of a body that is there already. */
export async function signBytes(flags: SignFlags, body: Body, context: SignContext): Promise<Signed> {
  if (flags.webhook !== undefined) return askWebhook(flags.webhook, flags, body, context)
  const scheme = namedScheme(flags, flags.to ?? flags.curl) ?? namedScheme({scheme: 'netbox'})!
  const secrets = await secretsOrAsk(flags, context, 'secret to sign with')
  sayWhatIsOdd(scheme, secrets, context.notice)
  return {
    scheme: scheme.name,
    headers: (await signBody(scheme, secrets, body, envelopeFor(scheme, flags, context))).map(([name, value]) => ({
      name,
      value,
    })),
  }
}

interface SignedEnvelope {
  readonly id?: string
  /** Unix seconds. */
  readonly timestamp?: number
}

const envelopeFor = (scheme: Scheme, {id, at}: SignFlags, {surroundings}: SignContext): SignedEnvelope => ({
  ...(scheme.signs.id ? {id: id ?? `msg_${randomUUID().replaceAll('-', '')}`} : {}),
  ...(scheme.signs.timestamp ? {timestamp: toSeconds(at ?? surroundings.now())} : {}),
})

async function signBody(
  scheme: Scheme,
  secrets: readonly string[],
  body: Body,
  envelope: SignedEnvelope,
): Promise<Header[]> {
  try {
    const signer = scheme.signer(secrets, envelope)
    for await (const chunk of body.chunks()) signer.update(chunk)
    return signer.headers()
  } catch (error) {
    throw asUsage(error)
  }
}

function sayWhatIsOdd(scheme: Scheme, secrets: readonly string[], notice: (text: string) => void): void {
  if (secrets.length > 1 && !scheme.several) notice(`${scheme.name} carries one signature: the first secret signs`)
  const signing = scheme.several ? secrets : secrets.slice(0, 1)
  for (const sentence of new Set(signing.flatMap(secret => inspectSecret(scheme, secret, 'sign').notices)))
    notice(sentence)
}

async function askWebhook(
  webhook: string,
  flags: SignFlags,
  body: Body,
  {organization, client}: SignContext,
): Promise<Signed> {
  const product = await client()
  return product.call('webhook.sign', {
    organization,
    webhook,
    body: Buffer.from(await body.whole()).toString('base64'),
    ...(flags.id === undefined ? {} : {id: flags.id}),
    ...(flags.at === undefined ? {} : {at: toSeconds(flags.at)}),
  })
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** A line a shell runs as it is: the signed headers and the same bytes. */
export function curlLine(url: string, source: string, headers: Signed['headers']): string {
  const given = [{name: 'Content-Type', value: 'application/json'}, ...headers]
  const words = given.map(({name, value}) => `-H ${quoted(`${name}: ${value}`)}`)
  return `curl ${[...words, `--data-binary ${quoted(`@${source}`)}`, quoted(url)].join(' ')}`
}
