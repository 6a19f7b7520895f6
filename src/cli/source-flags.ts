import {expectedSchemeFlags, signatureFrom} from './policy-flags.ts'
import {dedupeByFlag, eventTypeFlag} from './template-flags.ts'
import {platformFlag, webhookFlags} from './webhook-flags.ts'

/** What `source create` and `source edit` have in common. */
export const sourceFlags = {
  platform: platformFlag,
  'event-type': eventTypeFlag(),
  'dedupe-by': dedupeByFlag(),
  context: webhookFlags.context,
  ...expectedSchemeFlags,
}

type Flags = Parameters<typeof signatureFrom>[0] & {
  readonly platform?: string | undefined
  readonly 'event-type'?: string | undefined
  readonly 'dedupe-by'?: string | undefined
  readonly context?: string | undefined
  readonly 'every-context'?: boolean | undefined
}

/** What the flags say about a source; members they do not name are absent. */
export function sourceFrom(flags: Flags) {
  const signature = signatureFrom(flags)
  const {'event-type': eventType, 'dedupe-by': dedupeBy} = flags
  // Of all platforms Standard Webhooks has room for every type.
  const platform = flags.platform ?? (eventType ? 'standard' : undefined)
  return {
    ...(platform === undefined ? {} : {platform}),
    ...(eventType === undefined ? {} : {eventType: eventType || null}),
    ...(dedupeBy === undefined ? {} : {dedupeBy: dedupeBy || null}),
    ...(flags.context === undefined ? {} : {contextId: flags.context}),
    ...(flags['every-context'] ? {contextId: null} : {}),
    ...(signature === undefined ? {} : {signature}),
  }
}
