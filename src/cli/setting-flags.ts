import type {Input} from '../api/operations.ts'
import {usageError} from '../errors.ts'
import {readBytesOrText, readJson} from './bytes.ts'
import {choiceFlag, textFlag} from './flags.ts'
import type {Surroundings} from './surroundings.ts'

/** What only NetBox's webhooks have; null (or an empty text) takes a setting away again. */

const GROUP = {helpGroup: 'NETBOX'} as const

export const settingFlags = {
  conditions: textFlag({
    description: 'conditions an event must meet: JSON, @FILE or null',
    helpValue: 'JSON',
    ...GROUP,
  }),
  rules: textFlag({
    description: 'event rules, each with name, objectTypes, eventTypes, conditions, actionData: JSON, @FILE or null',
    helpValue: 'JSON',
    ...GROUP,
  }),
  'action-data': textFlag({
    description: "JSON object that is merged under the event's data, @FILE or null",
    helpValue: 'JSON',
    ...GROUP,
  }),
  'body-template': textFlag({
    description: 'template of the body: text or @FILE',
    helpValue: 'TEXT',
    empty: true,
    ...GROUP,
  }),
  'header-lines': textFlag({
    description: 'lines "Name: value", with templates: text or @FILE',
    helpValue: 'TEXT',
    empty: true,
    ...GROUP,
  }),
  'body-style': choiceFlag({
    description: 'how the body is spelled: ASCII or UTF-8 JSON, or form data (netbox@2.6)',
    choices: ['ascii', 'utf8', 'form'],
    ...GROUP,
  }),
}

export interface SettingFlags {
  readonly conditions?: string | undefined
  readonly rules?: string | undefined
  readonly 'action-data'?: string | undefined
  readonly 'body-template'?: string | undefined
  readonly 'header-lines'?: string | undefined
  readonly 'body-style'?: 'ascii' | 'utf8' | 'form' | undefined
}

type Given = Pick<Input<'webhook.edit'>, 'settings' | 'eventTypes'>

/**
 * The settings the flags name; members they do not name are absent. Rules choose among all events of the webhook: where
 * they are given, and no event types, it is subscribed to all.
 *
 * @param isNew whether there are no event types yet that would be overwritten
 */
export async function settingsFrom(flags: SettingFlags, surroundings: Surroundings, isNew: boolean): Promise<Given> {
  const json = async (flag: 'conditions' | 'rules' | 'action-data') => {
    const value = flags[flag]
    return value === undefined ? undefined : readJson(flag, value, surroundings)
  }
  const text = async (value: string | undefined) => (value === undefined ? undefined : readText(value, surroundings))
  const all = {
    conditions: await json('conditions'),
    rules: await json('rules'),
    actionData: await json('action-data'),
    bodyTemplate: await text(flags['body-template']),
    headerLines: await text(flags['header-lines']),
    bodyStyle: flags['body-style'],
  }
  const settings = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  if (Object.keys(settings).length === 0) return {}
  return {settings, ...(isNew && Array.isArray(settings.rules) ? {eventTypes: ['*']} : {})}
}

async function readText(value: string, surroundings: Surroundings): Promise<string | null> {
  const bytes = await readBytesOrText(value, surroundings)
  try {
    const text = new TextDecoder('utf-8', {fatal: true}).decode(bytes)
    return text === '' || text === 'null' ? null : text
  } catch {
    throw usageError('not_utf8', `${value.replace(/^@/, '')} is not UTF-8`, {hint: 'a template is a text'})
  }
}
