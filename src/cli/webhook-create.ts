import type {Input, Output} from '../api/operations.ts'
import type {Client} from '../client/client.ts'
import {argumentWord} from '../domain/shell-word.ts'
import {isThisMachine} from '../domain/this-machine.ts'
import {checkUrl} from '../domain/url.ts'
import {HookctlError, usageError} from '../errors.ts'
import {withCaFile} from './ca-file.ts'
import {show} from './escape.ts'
import {completeOAuth, type OAuthFlags, oauthFrom} from './oauth-flags.ts'
import {askPlatform, platformHint, platformNamed} from './platform-named.ts'
import {type Asker, mayAsk} from './prompts.ts'
import type {SecretReader} from './secrets.ts'
import {type SettingFlags, settingsFrom} from './setting-flags.ts'
import {secretFrom, webhookFrom} from './webhook-flags.ts'

type WebhookInput = Input<'webhook.create'>
type Platform = Output<'platform.show'>

/** What the flags said of a new webhook. */
export type Draft = Partial<Omit<WebhookInput, 'organization'>>
type Complete = Omit<WebhookInput, 'organization'>

type Flags = Parameters<typeof webhookFrom>[0] &
  SettingFlags &
  OAuthFlags &
  Parameters<typeof secretFrom>[0] & {
    readonly name?: string | undefined
    readonly platform?: string | undefined
    readonly 'from-ready'?: string | undefined
  }

export async function draftFrom(flags: Flags, reader: SecretReader): Promise<Draft> {
  const {name, platform} = flags
  const settings = await settingsFrom(flags, reader.surroundings, true)
  const oauth = await oauthFrom(flags, reader)
  const webhook = webhookFrom(await withCaFile(flags, reader))
  const given = {...settings, ...webhook, ...oauth, ...(name === undefined ? {} : {name})}
  const secret = await secretFrom(flags, reader)
  const draft = {...(given as Draft), ...(platform === undefined ? {} : {platform}), ...(secret && {secret})}
  return flags['from-ready'] === undefined ? draft : withReceiver(draft, flags['from-ready'], reader)
}

/** URL and secret of a receiver on this machine that tells them in its ready file; it speaks http://. */
async function withReceiver(draft: Draft, file: string, {surroundings}: SecretReader): Promise<Draft> {
  const {awaitReady} = await import('./from-ready.ts')
  const {url, secret} = await awaitReady(file, surroundings)
  return {
    ...draft,
    url,
    policies: {...draft.policies, allowHttp: true},
    ...(draft.secret === undefined && secret !== undefined ? {secret: {value: secret}} : {}),
  }
}

/**
 * Makes the webhook of this draft. What was asked for and is then refused is asked for once more, and no more than that.
 *
 * @throws as completeWebhook, and what `webhook.create` throws
 */
export async function createWebhook(
  client: Client,
  asker: Asker & Pick<SecretReader, 'notice'>,
  draft: Draft,
  rest: Pick<WebhookInput, 'organization' | 'active'>,
): Promise<Output<'webhook.create'>> {
  let complete = await completeWebhook(client, asker, draft)
  for (;;) {
    try {
      return await client.call('webhook.create', {...complete, ...rest})
    } catch (error) {
      const again = error instanceof HookctlError && mayAsk(asker) ? askAgain[error.code] : undefined
      if (again === undefined || draft[again.member] !== undefined) throw error
      asker.notice((error as HookctlError).message)
      complete = {...complete, ...(await again.ask(client, asker, complete))}
    }
  }
}

interface Again {
  readonly member: 'name' | 'eventTypes'
  readonly ask: (client: Client, asker: Asker, complete: Complete) => Promise<Partial<Complete>>
}

/** By the code with which an answer is refused. */
const askAgain: Readonly<Record<string, Again>> = {
  webhook_exists: {member: 'name', ask: async (_, asker) => ({name: await askName(asker)})},
  unknown_event_type: {
    member: 'eventTypes',
    ask: async (client, asker, {platform}) => ({
      eventTypes: await askEvents(asker, await platformNamed(client, platform)),
    }),
  },
}

/**
 * A webhook's input with everything a new one needs: what is missing is asked for on a terminal.
 *
 * @throws usage `missing_value` naming every flag that is missing, where nobody can be asked
 */
async function completeWebhook(client: Client, asker: Asker, draft: Draft): Promise<Complete> {
  if (!mayAsk(asker)) return insist(client, draft)
  const name = draft.name ?? (await askName(asker))
  const platform = await platformNamed(client, draft.platform ?? (await askPlatform(client, asker)))
  const spoken = draft.platform ?? platform.name
  const mode = draft.mode ?? (await askMode(asker, platform))
  const oauth = await completeOAuth(asker, draft)
  const given: Complete = {...draft, ...oauth, name, platform: spoken, ...(mode && {mode})}
  if (platform.asksUrlLater && draft.url === undefined) return given
  const target = draft.url === undefined ? await askTarget(asker, platform, draft) : {url: draft.url}
  const eventTypes = draft.eventTypes ?? (await askEvents(asker, platform))
  const isAsked =
    [draft.name, draft.platform, draft.url].includes(undefined) ||
    mode !== draft.mode ||
    (draft.eventTypes === undefined && platform.catalog.length !== 1)
  const secret = draft.secret ?? (isAsked && (await askSigned(asker, platform, draft)))
  return {...given, ...target, eventTypes, ...(secret && {secret})}
}

/** A URL the platform takes. Of http:// to this very machine, where it wants https://, the person decides. */
async function askTarget(asker: Asker, platform: Platform, draft: Draft): Promise<Pick<Draft, 'url' | 'policies'>> {
  const {askChoice, askText} = await import('./prompts.ts')
  const wantsHttps = platform.httpsOnly && !(draft.policies?.allowHttp ?? platform.policies.allowHttp)
  const check = (typed: string) => {
    const verdict = checkUrl(typed)
    if (!verdict.ok) return show(verdict.message)
    const isRefused = wantsHttps && isHttp(verdict.url) && !isThisMachine(verdict.url)
    return isRefused ? `${platform.name} sends to https:// only; --allow-http lets a webhook use http://` : null
  }
  for (;;) {
    const url = await askText(asker, {flag: 'url', question: 'URL that deliveries are sent to', check})
    if (!(wantsHttps && isHttp(new URL(url)))) return {url}
    const question = `${platform.name} sends to https:// only. Allow http:// to this machine?`
    const answer = await askChoice(asker, {flag: 'allow-http', question}, [
      {name: 'yes, for this webhook', value: true},
      {name: 'no, type another URL', value: false},
    ])
    if (answer) return {url, policies: {...draft.policies, allowHttp: true}}
  }
}

const isHttp = ({protocol}: URL): boolean => protocol === 'http:'

async function insist(client: Client, draft: Draft): Promise<Complete> {
  const platform = draft.platform === undefined ? undefined : await platformNamed(client, draft.platform)
  const mayWait = platform?.asksUrlLater === true && draft.url === undefined
  const missing = [
    draft.name === undefined && '--name',
    platform === undefined && '--platform',
    draft.url === undefined && !mayWait && '--url',
    draft.eventTypes === undefined && !mayWait && '--event',
  ].filter(flag => flag !== false)
  if (missing.length === 0) return draft as Complete
  throw usageError('missing_value', `missing ${inWords(missing)}`, {hint: await whereToLook(client, missing, platform)})
}

const inWords = (flags: readonly string[]): string => flags.join(', ').replace(/, (--[a-z]+)$/, ' and $1')

/** What the first choice is between; the rest can be typed without looking. */
async function whereToLook(client: Client, missing: readonly string[], platform?: Platform): Promise<string> {
  if (platform === undefined) return platformHint(client)
  if (missing.includes('--event')) return `hookctl event types --platform ${platform.name} lists what --event takes`
  return `give ${inWords(missing)}; on a terminal you are asked`
}

async function askName(asker: Asker): Promise<string> {
  const {askText} = await import('./prompts.ts')
  return askText(asker, {flag: 'name', question: 'Name'})
}

const MODES = {instant: 'each event as it happens', batch: 'many events in one request'} as const

/** The platform's usual mode first; nothing to ask where there is only one. */
async function askMode(asker: Asker, {modes, mode}: Platform): Promise<Platform['mode'] | undefined> {
  if (modes.length < 2) return undefined
  const {askChoice} = await import('./prompts.ts')
  const usualFirst = [mode, ...modes.filter(other => other !== mode)]
  return askChoice(
    asker,
    {flag: 'mode', question: 'How are events delivered?'},
    usualFirst.map(value => ({
      name: `${value}${value === mode ? ' (recommended)' : ''}`,
      value,
      description: MODES[value],
    })),
  )
}

/** A catalog short enough to tick is shown; a long one is typed as patterns. */
const TICKABLE = 40

async function askEvents(asker: Asker, {catalog}: Platform): Promise<string[]> {
  const {askChoices, askText} = await import('./prompts.ts')
  const question = {flag: 'event', question: 'Which events?'}
  const [only] = catalog
  if (only !== undefined && catalog.length === 1) return [only.name]
  if (catalog.length <= TICKABLE) {
    const choices = catalog.map(({name, summary}) => ({name, value: name, description: summary}))
    return [...(await askChoices(asker, question, choices))]
  }
  const typed = await askText(asker, {
    ...question,
    question: 'Which events? Types or patterns, with commas',
    suggested: '*',
  })
  return typed.split(',').map(part => part.trim())
}

/** A new secret unless the person says no; nothing to ask where the platform signs nothing. */
async function askSigned(asker: Asker, {policies}: Platform, draft: Draft): Promise<{generate: true} | undefined> {
  if ((draft.policies?.signature === undefined ? policies.signature : draft.policies.signature) === null)
    return undefined
  const {askChoice} = await import('./prompts.ts')
  const answer = await askChoice(asker, {flag: 'generate-secret', question: 'Sign deliveries?'}, [
    {name: 'yes, with a new secret', value: true},
    {name: 'no, send them unsigned', value: false},
  ])
  return answer ? {generate: true} : undefined
}

/** What a person should know about a webhook that was just made. */
export function sayCreated({name, url, secrets, policies, settings}: Output<'webhook.create'>['webhook']): string[] {
  const unsigned = secrets.length === 0 && policies.signature !== null
  return [
    ...(url === null
      ? [
          `${name} has no URL yet and is sent nothing: hookctl webhook edit ${argumentWord(name, '--url URL --event TYPE')}`,
        ]
      : []),
    ...(settings.bodyStyle === 'form'
      ? ["of nested objects form data carry only the names of their members, as NetBox 2.6's did: the values are lost"]
      : []),
    ...(unsigned
      ? [`deliveries are not signed: hookctl webhook rotate-secret ${argumentWord(name)} gives it a secret`]
      : []),
  ]
}
