import {mkdirSync} from 'node:fs'
import path from 'node:path'
import {usageError} from '../errors.ts'
import {configFolder} from './config.ts'
import type {Surroundings} from './surroundings.ts'

type Values = Readonly<Record<string, unknown>>

/**
 * Replaces the user's configuration by what `change` makes of it: written whole, beside and then over the old one, for
 * the user's eyes only (file 0600, folder 0700). conf is loaded only here: reading needs none of it.
 *
 * @throws usage `config_not_writable`
 */
export async function changeConfig(surroundings: Surroundings, change: (values: Values) => Values): Promise<void> {
  const folder = configFolder(surroundings)
  const {default: Conf} = await import('conf')
  try {
    // conf would make it 0755.
    mkdirSync(folder, {recursive: true, mode: 0o700})
    const file = new Conf<Record<string, unknown>>({
      cwd: folder,
      configName: 'config',
      projectSuffix: '',
      configFileMode: 0o600,
      clearInvalidConfig: false,
      accessPropertiesByDotNotation: false,
    })
    file.store = {...change(file.store)}
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw usageError('config_not_writable', `cannot write ${path.join(folder, 'config.json')}: ${code}`, {
      hint: 'make the folder writable, or point HOOKCTL_CONFIG_DIR elsewhere',
      cause: error,
    })
  }
}

/** The values without this key. */
export const without = (values: Values, key: string): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => name !== key))
