import {existsSync, readFileSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import {fileURLToPath, pathToFileURL} from 'node:url'
import type {Command} from '@oclif/core/command'
import type {Config} from '@oclif/core/config'
import {commandNames} from './command-names.ts'

/** The commands there are, however they were found. */
export interface Catalog {
  readonly program: Program
  /** With spaces: `webhook list`. */
  readonly names: readonly string[]
  load(name: string): Promise<Command.Class>
}

/** What a command that runs is given as its `config`: the little that oclif's Command asks of it. */
export interface Program {
  readonly bin: 'hookctl'
  readonly name: 'hookctl'
  readonly version: string
  readonly userAgent: string
  /** oclif asks its plugins before it parses; there are none. */
  runHook(): Promise<{readonly successes: readonly never[]; readonly failures: readonly never[]}>
  /** Every command with its flags, from the manifest: five times as much to load as the one command that runs. */
  everything(): Promise<Config>
}

export const programOf = (version: string, everything: () => Promise<Config>): Program => ({
  bin: 'hookctl',
  name: 'hookctl',
  version,
  userAgent: `hookctl/${version} ${process.platform}-${process.arch} node-${process.version}`,
  runHook: async () => ({successes: [], failures: []}),
  everything,
})

/** Where package.json and the manifest are: beside dist/ when built, above src/ when not. */
function packageRoot(from: string = import.meta.url): string {
  let folder = path.dirname(fileURLToPath(from))
  // The build puts a package.json of its own into dist/, without a name.
  while (!existsSync(path.join(folder, 'package.json')) || path.basename(folder) === 'dist')
    folder = path.dirname(folder)
  return folder
}

/**
 * The commands, found by their files: commands/webhook/list is `webhook list`.
 *
 * @param options.fromSource commands/*.ts as they are, not what was built of them
 */
export function openCatalog({fromSource = false}: {readonly fromSource?: boolean} = {}): Catalog {
  const root = packageRoot()
  const folder = path.join(root, fromSource ? 'commands' : 'dist/commands')
  const ending = fromSource ? '.ts' : '.js'
  const {version} = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {readonly version: string}
  return {
    program: programOf(version, async () => {
      const {loadConfig} = await import('./oclif-config.ts')
      return loadConfig(root, fromSource)
    }),
    names: commandNames,
    async load(name) {
      const file = path.join(folder, ...name.split(' ')) + ending
      const {default: CommandClass} = (await import(pathToFileURL(file).href)) as {default: Command.Class}
      CommandClass.id = name.replaceAll(' ', ':')
      return CommandClass
    },
  }
}
