import type {Output} from '../api/operations.ts'
import type {Client} from '../client/client.ts'
import {HookctlError, usageError} from '../errors.ts'
import {type Asker, type Choice, mayAsk} from './prompts.ts'

/**
 * The platform that `--platform` names. Of a flag it is a bad value, as of every other flag with so many words to choose
 * from; not found is only what a command is asked for itself: `platform show`.
 *
 * @throws usage `unknown_platform`, `unknown_platform_version`
 */
export async function platformNamed(client: Client, name: string): Promise<Output<'platform.show'>> {
  try {
    return await client.call('platform.show', {platform: name})
  } catch (error) {
    if (!(error instanceof HookctlError) || error.kind !== 'not_found') throw error
    throw usageError(error.code, `--platform: ${error.message}`, error.hint === undefined ? {} : {hint: error.hint})
  }
}

/** What to do where the platform is missing. */
export async function platformHint(client: Client): Promise<string> {
  const {items} = await client.call('platform.list', {})
  return `--platform is one of ${items.map(({name}) => name).join(', ')}; on a terminal you are asked`
}

interface PlatformQuestion {
  readonly question?: string
  /** What may be chosen besides. */
  readonly more?: readonly Choice<string>[]
  /** What else to do where nobody can be asked. */
  readonly hint?: string
}

/** @throws usage `missing_value` where nobody can be asked */
export async function askPlatform(
  client: Client,
  asker: Asker,
  {question = 'Which platform does it speak like?', more = [], hint = ''}: PlatformQuestion = {},
): Promise<string> {
  if (!mayAsk(asker))
    throw usageError('missing_value', 'missing --platform', {hint: `${await platformHint(client)}${hint}`})
  const {askChoice} = await import('./prompts.ts')
  const {items} = await client.call('platform.list', {})
  const choices = items.map(({name, title}) => ({name: title, value: name, description: name}))
  return askChoice(asker, {flag: 'platform', question}, [...choices, ...more])
}
