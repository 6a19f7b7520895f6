/// <reference types="vite/types/importMeta.d.ts" />
import {readFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import path from 'node:path'
import process from 'node:process'
import {fileURLToPath} from 'node:url'
import type {Command} from '@oclif/core/command'
import {Config} from '@oclif/core/config'
import {settings} from '@oclif/core/settings'
import {type Catalog, programOf} from '../../src/cli/catalog.ts'
import {runCommandLine} from '../../src/main.ts'

/** Every command, and the program that runs them: the built one, which is what users have. */

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The classes as vitest loads them: oclif would load them a second time, with errors and stores of their own. */
const modules = import.meta.glob('../../commands/**/*.ts') as Record<string, () => Promise<{default: Command.Class}>>

/** Every command, by its name with spaces. */
export const commandModules: ReadonlyMap<string, () => Promise<Command.Class>> = new Map(
  Object.entries(modules).map(([file, load]) => {
    const name = file
      .replace(/^.*\/commands\//, '')
      .replace(/\.ts$/, '')
      .replaceAll('/', ' ')
    return [name, async () => nameClass((await load()).default, name)]
  }),
)

function nameClass(CommandClass: Command.Class, name: string): Command.Class {
  CommandClass.id = name.replaceAll(' ', ':')
  return CommandClass
}

type CacheCommand = (command: Command.Class, plugin: unknown) => Promise<Command.Cached>
/** oclif does not export it; what it makes is what a manifest holds and help reads. */
const {cacheCommand} = createRequire(import.meta.url)(
  path.join(root, 'node_modules/@oclif/core/lib/util/cache-command.js'),
) as {cacheCommand: CacheCommand}

const {version} = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {readonly version: string}

let everything: Promise<Config> | undefined

const catalog: Catalog = {
  program: programOf(version, () => {
    everything ??= loadEverything()
    return everything
  }),
  names: [...commandModules.keys()],
  load: name => commandModules.get(name)!(),
}

const require = createRequire(import.meta.url)

interface Program {
  readonly runCommandLine: typeof runCommandLine
  readonly catalog: Catalog
}

/** What was built, loaded by Node itself: users have this and not the sources, which the build changes in places. */
function builtProgram(): Program {
  refuseUnbuilt()
  const load = (file: string) => require(path.join(root, 'dist', file))
  const loadCommand = async (name: string): Promise<Command.Class> =>
    nameClass(load(`commands/${name.replaceAll(' ', '/')}.js`).default, name)
  return {runCommandLine: load('main.js').runCommandLine, catalog: {...catalog, load: loadCommand}}
}

export function refuseUnbuilt(): void {
  const failure = process.env.HOOKCTL_TEST_BUILD_FAILURE
  if (failure !== undefined) throw new Error(`the build failed: ${failure}`)
}

/** `HOOKCTL_TEST_SOURCES=1` for who watches and does not build at each change. */
export const program = (): Program => (process.env.HOOKCTL_TEST_SOURCES ? {runCommandLine, catalog} : builtProgram())

/** Help needs every class loaded; running one needs only that one. */
async function loadEverything(): Promise<Config> {
  settings.enableAutoTranspile = false
  // The committed manifest may be older than the sources; names and help come from the classes.
  const pjson = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  const {commands: _, ...oclif} = pjson.oclif
  const config = await Config.load({root, pjson: {...pjson, oclif}, ignoreManifest: true})
  const loaded = await Promise.all([...commandModules].map(async ([, load]) => load()))
  const commands = await Promise.all(
    loaded.map(async each => ({...(await cacheCommand(each, undefined)), load: async () => each})),
  )
  const open = config as unknown as {loadCommands(plugin: unknown): void; loadTopics(plugin: unknown): void}
  const plugin = {name: 'hookctl', commands, topics: []}
  open.loadCommands(plugin)
  open.loadTopics(plugin)
  return config
}
