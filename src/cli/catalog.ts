import {existsSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {fileURLToPath} from 'node:url'
import type {Command} from '@oclif/core/command'
import {Config} from '@oclif/core/config'
import type {PJSON} from '@oclif/core/interfaces'
import {settings} from '@oclif/core/settings'

/** The commands there are, however they were found. */
export interface Catalog {
  readonly config: Config
  /** With spaces: `webhook list`. */
  readonly names: readonly string[]
  load(name: string): Promise<Command.Class>
}

/** Where package.json and the manifest are: beside dist/ when built, above src/ when not. */
function packageRoot(from: string = import.meta.url): string {
  let folder = path.dirname(fileURLToPath(from))
  // The build puts a package.json of its own into dist/, without a name.
  while (!existsSync(path.join(folder, 'package.json')) || path.basename(folder) === 'dist')
    folder = path.dirname(folder)
  return folder
}

/** oclif, without a look into the user's folders: hookctl has no plugins and no themes. */
class OwnConfig extends Config {
  override async loadTheme(): Promise<undefined> {
    return undefined
  }
}

/**
 * @param options.fromSource commands/*.ts as they are, found by looking: Node strips the types, so oclif must neither
 * transpile nor trust the manifest.
 */
export async function loadCatalog({fromSource = false}: {readonly fromSource?: boolean} = {}): Promise<Catalog> {
  // With NODE_ENV=development in the user's shell oclif would look for TypeScript and warn on every command.
  settings.enableAutoTranspile = false
  const root = packageRoot()
  const pjson = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as PJSON
  if (fromSource) pjson.oclif.commands = './commands'
  const config = new OwnConfig({root, pjson, ignoreManifest: fromSource, userPlugins: false, devPlugins: false})
  await config.load()
  return catalogOf(config)
}

export const catalogOf = (config: Config): Catalog => ({
  config,
  names: config.commandIDs.map(id => id.replaceAll(':', ' ')),
  load: async name => config.findCommand(name.replaceAll(' ', ':'), {must: true}).load(),
})
