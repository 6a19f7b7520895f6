import type {Output, Parsed} from '../../api/operations.ts'
import type {OwnEventType} from '../../domain/event-type.ts'
import {isCredential, MASK, maskUrl} from '../../domain/mask.ts'
import type {Source} from '../../domain/source.ts'
import type {Webhook} from '../../domain/webhook.ts'
import type {Deps, Resolved} from '../deps.ts'
import {settingsView} from '../sources.ts'
import {maskSettings, webhookView} from '../views.ts'
import {everythingOf} from './everything.ts'
import {plainly} from './fields.ts'

/** What an organization has, as a declaration. Never a secret: `masked` says where one is wanted. */
export async function exportDeclaration(
  deps: Deps,
  {organization}: Resolved<Parsed<'declaration.export'>>,
): Promise<Output<'declaration.export'>> {
  const {contexts, members, webhooks, sources, eventTypes} = await everythingOf(deps, organization)
  return {
    organization: organization.slug,
    declaration: {
      contexts: contexts.map(({id, name, kind}) => ({id, name, kind})),
      members: members.map(({user, email, role}) => ({user, email, role})),
      webhooks: webhooks.map(declared),
      sources: sources.map(declaredSource),
      eventTypes: eventTypes.map(declaredEventType),
    },
    masked: [
      ...webhooks.flatMap((webhook, at) => maskedIn(webhook).map(path => `webhooks/${at}/${path}`)),
      ...sources.flatMap(({secrets}, at) => (secrets.length > 0 ? [`sources/${at}/secret`] : [])),
    ],
  }
}

type Declaration = Output<'declaration.export'>['declaration']
type Declared = NonNullable<Declaration['webhooks']>[number]

/** Everything that can be declared, so that nothing can drift unseen. */
function declared(webhook: Webhook): Declared {
  const view = webhookView(webhook, '')
  const {name, platform, url, eventTypes, contextId, description, active, mode, contentType, headers, policies} = view
  const method = view.method as Declared['method']
  return {
    ...{name, platform, url, eventTypes, contextId, description, active, mode, method, contentType},
    ...{headers, oauth: declaredOAuth(webhook), policies, settings: view.settings},
  }
}

const declaredOAuth = ({oauth}: Webhook): Declared['oauth'] =>
  oauth && {...oauth, tokenUrl: maskUrl(oauth.tokenUrl), clientSecret: MASK}

function declaredSource(source: Source): NonNullable<Declaration['sources']>[number] {
  const {name, platform, eventType, dedupeBy, contextId, signature, active} = settingsView(source, '')
  return {name, platform, eventType, dedupeBy, contextId, signature, active}
}

function declaredEventType(type: OwnEventType): NonNullable<Declaration['eventTypes']>[number] {
  const {name, summary, onMismatch} = type
  return {name, summary, onMismatch, ...plainly(type)}
}

function maskedIn({url, headers, secrets, oauth, settings}: Webhook): string[] {
  const shown = maskSettings(settings)
  return [
    ...(url !== null && maskUrl(url) !== url ? ['url'] : []),
    ...(secrets.length > 0 ? ['secret'] : []),
    ...headers.flatMap((header, at) => (isCredential(header) ? [`headers/${at}/value`] : [])),
    ...(oauth === null ? [] : ['oauth/clientSecret']),
    ...(oauth !== null && maskUrl(oauth.tokenUrl) !== oauth.tokenUrl ? ['oauth/tokenUrl'] : []),
    ...Object.keys(settings).flatMap(name =>
      JSON.stringify(shown[name]) === JSON.stringify(settings[name]) ? [] : [`settings/${name}`],
    ),
  ]
}
