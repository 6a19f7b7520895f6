import {readdirSync} from 'node:fs'
import path from 'node:path'
import {fileURLToPath} from 'node:url'

const folder = fileURLToPath(new URL('../../commands', import.meta.url))

/**
 * Every command by its file, with spaces: commands/webhook/list.ts is `webhook list`. The build puts the names in the
 * place of this module: looking through the folder costs a seventh of a bare Node start.
 */
export const commandNames: readonly string[] = (readdirSync(folder, {recursive: true}) as string[])
  .filter(file => file.endsWith('.ts'))
  .map(file => file.slice(0, -'.ts'.length).replaceAll(path.sep, ' '))
  .sort()
