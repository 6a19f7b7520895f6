import type {HookctlCommand} from './cli/base-command.ts'
import {type Catalog, openCatalog} from './cli/catalog.ts'
import {processSurroundings} from './cli/config.ts'
import {EXIT} from './cli/exit-codes.ts'
import {renderFailure} from './cli/failure.ts'
import {findCommand, type Typed} from './cli/find-command.ts'
import {watchInterruption} from './cli/interruption.ts'
import type {Surroundings} from './cli/surroundings.ts'
import {typedFor} from './cli/typed-for.ts'
import {HookctlError} from './errors.ts'

/** Runs one command line and ends the process with its exit code. */
export async function main(argv: readonly string[], options: {readonly fromSource?: boolean} = {}): Promise<void> {
  const surroundings = processSurroundings()
  // Node ends with 0 where nothing is left to wait for, also in the middle of a command.
  process.once('beforeExit', () => {
    const {text, exitCode} = renderFailure(leftUndone(), {json: isJson(askedFormat(argv, surroundings)), debug: false})
    surroundings.stderr.write(text, () => surroundings.exit(exitCode))
  })
  const exitCode = await runCommandLine(argv, surroundings, () => openCatalog(options))
  // A pipe may still hold what was written; ending now would cut it.
  await new Promise<void>(resolve => {
    surroundings.stdout.write('', () => resolve())
  })
  surroundings.exit(exitCode)
}

const leftUndone = (): HookctlError =>
  new HookctlError('internal', 'left_undone', 'the command was left undone: what it waited for never came', {
    hint: 'a bug: look at what was done (hookctl status) before you run it again',
  })

/** One command line in these surroundings. Never rejects: failures are rendered here and nowhere else. */
export async function runCommandLine(
  argv: readonly string[],
  surroundings: Surroundings,
  open: () => Catalog | Promise<Catalog>,
): Promise<number> {
  const interruption = watchInterruption(surroundings)
  let command: HookctlCommand | undefined
  let name: string | undefined
  try {
    const catalog = await open()
    const typed = findCommand(argv, catalog.names)
    if (typed.kind !== 'command' || typed.help) return await answerWithHelp(typed, catalog, surroundings)
    name = typed.name
    const CommandClass = (await catalog.load(typed.name)) as unknown as new (...input: unknown[]) => HookctlCommand
    command = new CommandClass([...typed.argv], catalog.program)
    return await command.execute(surroundings, interruption)
  } catch (error) {
    const failure = renderFailure(error, {
      json: command?.wantsJson || (await asksForJson(argv, surroundings, command)),
      command: name,
      typed: command?.typed,
      debug: argv.includes('--debug') || isOn(surroundings.env.HOOKCTL_DEBUG),
    })
    surroundings.stderr.write(failure.text)
    return failure.exitCode
  } finally {
    interruption.close()
  }
}

const isOn = (value: string | undefined): boolean => value !== undefined && /^(1|true|yes)$/i.test(value)

const isJson = (format: string | undefined): boolean => format === 'json' || format === 'jsonl'

/** Before the flags are parsed, and when they cannot be: a script that asked for JSON gets its failure as JSON. */
async function asksForJson(
  argv: readonly string[],
  surroundings: Surroundings,
  command: HookctlCommand | undefined,
): Promise<boolean> {
  const asked = askedFormat(argv, surroundings)
  if (asked !== undefined || command?.wantsJson !== undefined) return isJson(asked)
  const {resolveSettings} = await import('./cli/settings.ts')
  try {
    return isJson(resolveSettings({profile: typedFor(argv, '--profile')}, surroundings).text('output'))
  } catch {
    // What is wrong with the configuration is told when a command needs it.
    return false
  }
}

/** What the words or the environment say of it. */
const askedFormat = (argv: readonly string[], {env}: Surroundings): string | undefined =>
  typedFor(
    argv.map(word => (word === '--json' ? '--output=json' : word)),
    '--output',
    '-o',
  ) ??
  (env.HOOKCTL_OUTPUT || undefined)

async function answerWithHelp(typed: Typed, catalog: Catalog, {stdout}: Surroundings): Promise<number> {
  if (typed.kind === 'version') {
    stdout.write(`${catalog.program.userAgent}\n`)
    return EXIT.done
  }
  const {helpText} = await import('./cli/help.ts')
  stdout.write(await helpText(await catalog.program.everything(), typed.name, stdout.columns))
  return EXIT.done
}
