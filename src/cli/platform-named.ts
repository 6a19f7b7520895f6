import type {Output} from '../api/operations.ts'
import type {Client} from '../client/client.ts'
import {HookctlError, usageError} from '../errors.ts'

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
