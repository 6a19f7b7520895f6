import type {Client} from '../../client/client.ts'
import {type Header, type Scheme, schemeOf} from '../../signature/index.ts'
import type {SecretFlags, SecretReader} from '../secrets.ts'
import {type ChosenScheme, chooseScheme, namedScheme, type SchemeFlags} from './choose-scheme.ts'
import {type MessageFlags, type ReceivedMessage, readMessage, schemeByLooks} from './message.ts'
import {previousSecrets, secretsOrAsk} from './secret-texts.ts'
import {sentenceOf, type Verified} from './verified.ts'
import {verifyMessage} from './verify-message.ts'

export interface VerifyFlags extends MessageFlags, SecretFlags, SchemeFlags {
  readonly signature?: string | undefined
  readonly webhook?: string | undefined
  /** Ms since the epoch. */
  readonly at?: number | undefined
  /** Ms. */
  readonly tolerance?: number | undefined
  readonly 'no-tolerance'?: boolean
  readonly explain?: boolean
  readonly 'previous-secret-file'?: readonly string[] | undefined
  readonly 'show-expected'?: boolean
}

export interface VerifyContext extends SecretReader {
  readonly organization: string
  readonly client: () => Promise<Client>
}

const TOLERANCE_SECONDS = 300

export const toSeconds = (ms: number): number => Math.floor(ms / 1000)

/** Null accepts any age, and that is said. */
export function toleranceOf(
  flags: Pick<VerifyFlags, 'tolerance' | 'no-tolerance'>,
  notice: (text: string) => void,
): number | null {
  if (!flags['no-tolerance']) return flags.tolerance === undefined ? TOLERANCE_SECONDS : toSeconds(flags.tolerance)
  notice('WARNING: --no-tolerance accepts a captured message for ever; use it for archived messages only')
  return null
}

/** What holds for every message of a run: read, asked for and warned of once. */
export interface Given {
  readonly secrets: () => Promise<readonly string[]>
  readonly previousSecrets: () => Promise<readonly string[]>
  readonly tolerance: () => number | null
}

export const givenOnce = (flags: VerifyFlags, context: VerifyContext): Given => ({
  secrets: once(() => secretsOrAsk(flags, context, 'secret the message was signed with')),
  previousSecrets: once(() => previousSecrets(flags['previous-secret-file'], context)),
  tolerance: once(() => toleranceOf(flags, context.notice)),
})

function once<T>(make: () => T): () => T {
  let made: {readonly value: T} | undefined
  return () => {
    made ??= {value: make()}
    return made.value
  }
}

/** What `signature verify` answers: checked here, or by who holds the secrets of the stored webhook. */
export async function answerForFlags(flags: VerifyFlags, context: VerifyContext): Promise<Verified> {
  const message = await readMessage(flags, context.surroundings)
  const chosen = flags.webhook === undefined ? chooseFor(flags, message) : {}
  return answerFor(flags, {message, ...chosen}, givenOnce(flags, context), context)
}

interface Chosen {
  readonly chosen: ChosenScheme
  readonly headers: readonly Header[]
}

/** A message that was read; without a scheme where a stored webhook says it. */
type Readable = {readonly message: ReceivedMessage} & Partial<Chosen>

export async function answerFor(
  flags: VerifyFlags,
  {message, chosen, headers = message.headers}: Readable,
  given: Given,
  context: VerifyContext,
): Promise<Verified> {
  if (flags.webhook !== undefined) return askWebhook(flags.webhook, flags, message, given, context)
  return verifyMessage({
    chosen: chosen ?? chooseScheme(flags, headers),
    headers,
    secrets: await given.secrets(),
    previousSecrets: await given.previousSecrets(),
    body: message.body,
    now: toSeconds(flags.at ?? context.surroundings.now()),
    tolerance: given.tolerance(),
    explain: flags.explain === true,
    showExpected: flags['show-expected'] === true,
    notes: message.notes,
  })
}

/** With `--signature` the scheme says which header the value belongs in. */
export function chooseFor(flags: VerifyFlags, message: ReceivedMessage): Chosen {
  const {signature} = flags
  if (signature === undefined) return {chosen: chooseScheme(flags, message.headers), headers: message.headers}
  const named: Scheme | undefined = namedScheme(flags)
  const scheme = named ?? namedScheme({scheme: schemeByLooks(signature)})!
  const headers: Header[] = [...message.headers, [scheme.format.header, signature]]
  return {chosen: chooseScheme(flags, headers), headers}
}

async function askWebhook(
  webhook: string,
  flags: VerifyFlags,
  {headers, body, notes}: ReceivedMessage,
  {tolerance}: Given,
  {organization, client, surroundings}: VerifyContext,
): Promise<Verified> {
  const product = await client()
  const bytes = Buffer.from(await body.whole())
  const bare =
    flags.signature === undefined ? [] : [await bareSignature(product, {organization, webhook}, flags.signature)]
  const {valid, reason, scheme, timestamp, secretFingerprint, findings} = await (await client()).call(
    'webhook.verify',
    {
      organization,
      webhook,
      headers: [...headers, ...bare].map(([name, value]) => ({name, value})),
      body: bytes.toString('base64'),
      at: toSeconds(flags.at ?? surroundings.now()),
      toleranceSeconds: tolerance(),
      explain: flags.explain === true,
    },
  )
  const sentence = sentenceOf(reason)
  return {
    valid,
    reason,
    scheme,
    detected: false,
    sentence,
    timestamp,
    secretFingerprint,
    notes,
    findings: findings as Verified['findings'],
  }
}

/** `--signature` in the header that the stored webhook uses. */
async function bareSignature(
  product: Client,
  which: {readonly organization: string; readonly webhook: string},
  value: string,
): Promise<Header> {
  const {signature} = (await product.call('webhook.show', which)).policies
  return [signature?.header ?? schemeOf(signature?.scheme ?? 'netbox').format.header, value]
}
