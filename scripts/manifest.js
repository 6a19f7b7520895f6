// Writes oclif.manifest.json from commands/*.ts, and from it the README's `<!-- commands -->` block and docs/commands.md.
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import {fileURLToPath} from 'node:url'
import {Plugin} from '@oclif/core/config'
import {settings} from '@oclif/core/settings'
import {formatDuration} from '../src/domain/duration.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The manifest as it must be now: from the sources, never from the file or from dist/. */
export async function makeManifest() {
  settings.enableAutoTranspile = false
  const pjson = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  pjson.oclif.commands = './commands'
  const plugin = new Plugin({errorOnManifestCreate: true, ignoreManifest: true, pjson, root, type: 'core'})
  await plugin.load()
  const commands = Object.entries(plugin.manifest.commands).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.parse(JSON.stringify({commands: Object.fromEntries(commands.map(withPlace)), version: pjson.version}))
}

/** Where the built command is: with it oclif loads the file without looking for it. */
const withPlace = ([id, command]) => [
  id,
  {...command, isESM: true, relativePath: ['dist', 'commands', ...`${id.replaceAll(':', '/')}.js`.split('/')]},
]

const usage = command =>
  ['hookctl', command.id.replaceAll(':', ' '), ...Object.values(command.args).map(argument)].join(' ')
const argument = ({name, required, multiple}) => {
  const word = `${name.toUpperCase()}${multiple ? '...' : ''}`
  return required ? word : `[${word}]`
}

/** The default of a duration is ms in the manifest: shown as one types it. */
const usualValue = flag =>
  flag.helpValue === 'DURATION' && typeof flag.default === 'number' ? formatDuration(flag.default) : flag.default

const flagLine = flag => {
  const value =
    flag.type === 'option' ? ` ${flag.helpValue ?? (flag.options ?? [flag.name.toUpperCase()]).join('|')}` : ''
  const usual = flag.default === undefined || typeof flag.default === 'object' ? '' : ` (usually ${usualValue(flag)})`
  return `- \`${flag.char ? `-${flag.char}, ` : ''}--${flag.name}${value}\`: ${flag.description}${usual}`
}

const exampleLines = example =>
  example
    .replaceAll('<%= config.bin %>', 'hookctl')
    .replaceAll('<%= command.id %>', '')
    .split('\n')
    .map(line => (line.startsWith('hookctl') ? line : `# ${line}`))

function page(command) {
  const own = Object.values(command.flags).filter(flag => flag.helpGroup !== 'GLOBAL' && !flag.hidden)
  return [
    `## \`${usage(command)}\``,
    '',
    `${sentence(command.summary)}${command.description && command.description !== command.summary ? ` ${command.description}` : ''}`,
    ...(own.length > 0 ? ['', ...own.map(flagLine)] : []),
    '',
    '```sh',
    ...(command.examples ?? []).flatMap(exampleLines),
    '```',
    '',
  ].join('\n')
}

const sentence = text => `${text[0].toUpperCase()}${text.slice(1)}.`

const visible = manifest => Object.values(manifest.commands).filter(command => !command.hidden)

/** What the README has between its markers: every command in a line. The same on every machine. */
export const commandsBlock = manifest =>
  ['', ...visible(manifest).map(command => `- \`${usage(command)}\`: ${command.summary}`), ''].join('\n')

/** docs/commands.md: every command with its flags and examples. */
export function reference(manifest) {
  const commands = visible(manifest)
  const global = Object.values(commands[0].flags).filter(flag => flag.helpGroup === 'GLOBAL')
  return [
    '# Commands',
    '',
    'Made from the commands themselves by `npm run manifest`. `hookctl COMMAND --help` says the same.',
    '',
    '## Flags of every command',
    '',
    ...global.map(flagLine),
    '',
    ...commands.map(page),
  ].join('\n')
}

const BLOCK = /(<!-- commands -->\n)[\s\S]*?(<!-- commandsstop -->)/

export const fillReadme = (readme, manifest) =>
  readme.replace(BLOCK, (_, start, stop) => `${start}${commandsBlock(manifest)}${stop}`)

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const manifest = await makeManifest()
  writeFileSync(path.join(root, 'oclif.manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  const file = path.join(root, 'README.md')
  if (existsSync(file)) writeFileSync(file, fillReadme(readFileSync(file, 'utf8'), manifest))
  writeFileSync(path.join(root, 'docs/commands.md'), reference(manifest))
}
