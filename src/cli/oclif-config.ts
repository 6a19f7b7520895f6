import {readFileSync} from 'node:fs'
import path from 'node:path'
import {Config} from '@oclif/core/config'
import type {PJSON} from '@oclif/core/interfaces'
import {settings} from '@oclif/core/settings'

/** oclif, without a look into the user's folders: hookctl has no plugins and no themes. */
class OwnConfig extends Config {
  override async loadTheme(): Promise<undefined> {
    return undefined
  }
}

/**
 * oclif's view of the whole program, from its manifest: what help and lists of commands are made from.
 *
 * @param fromSource commands/*.ts as they are, found by looking: Node strips the types, so oclif must neither transpile
 * nor trust the manifest.
 */
export async function loadConfig(root: string, fromSource: boolean): Promise<Config> {
  // With NODE_ENV=development in the user's shell oclif would look for TypeScript and warn on every command.
  settings.enableAutoTranspile = false
  const pjson = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as PJSON
  if (fromSource) pjson.oclif.commands = './commands'
  const config = new OwnConfig({root, pjson, ignoreManifest: fromSource, userPlugins: false, devPlugins: false})
  await config.load()
  return config
}
