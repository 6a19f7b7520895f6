import {fileURLToPath} from 'node:url'
import {processSurroundings} from '../cli/config.ts'
import type {Surroundings} from '../cli/surroundings.ts'
import {answerFor} from './candidates.ts'
import {readManifest} from './manifest.ts'
import {printAnswer, SHELLS, type ShellName} from './shells.ts'
import {readTypedLine} from './typed-line.ts'
import {valuesFrom} from './values.ts'

/**
 * `hookctl complete --shell SHELL [--breaks CHARACTERS] [--line LINE]`, as the shells' scripts ask: in front of oclif,
 * because somebody waits with a finger on the key. Never fails, makes nothing, asks no server.
 *
 * @param root the folder of the program, with its manifest
 */
export async function answerCompletion(argv: readonly string[], root: URL): Promise<void> {
  const surroundings = processSurroundings()
  surroundings.stdout.write(await completionText(argv, fileURLToPath(root), surroundings))
}

/** The same as text. Empty where the question is none. */
export async function completionText(
  argv: readonly string[],
  root: string,
  surroundings: Surroundings,
): Promise<string> {
  const asked = (flag: string) => (argv.includes(flag) ? argv[argv.indexOf(flag) + 1] : undefined)
  const name = asked('--shell') ?? ''
  if (!Object.hasOwn(SHELLS, name)) return ''
  const typed = readTypedLine(asked('--line') ?? surroundings.env.HOOKCTL_COMPLETE_LINE ?? '')
  const answer = await answerFor(typed, readManifest(root), valuesFrom(surroundings))
  return printAnswer(answer, SHELLS[name as ShellName], typed, asked('--breaks') ?? '')
}
