import type {Input} from '../../api/operations.ts'
import type {HookctlCommand} from '../base-command.ts'
import {durationFlag, restArguments, switchFlag} from '../flags.ts'
import {type ReadDeclaration, readDeclaration} from './read.ts'

export const declarationArgs = {
  files: restArguments({description: 'files of declarations, YAML or JSON; - for stdin', required: true}),
}

export const declarationFlags = {
  prune: switchFlag({description: 'delete what the sections in the files do not have'}),
  grace: durationFlag({description: 'how long the secrets of before stay live', default: 86_400_000}),
}

interface Given {
  readonly files: readonly string[]
  readonly flags: {readonly prune: boolean; readonly grace: number; readonly organization?: string | undefined}
  /** Where neither flag nor files name one. */
  readonly organization: string
}

/** What `plan` and `apply` ask, from their files and flags. */
export async function declarationQuestion(
  command: Pick<HookctlCommand, 'surroundings' | 'notice'>,
  {files, flags, organization}: Given,
): Promise<ReadDeclaration & {readonly question: Input<'declaration.plan'>}> {
  const read = await readDeclaration(files, command.surroundings, text => command.notice(text))
  return {
    ...read,
    question: {
      organization: flags.organization ?? read.organization ?? organization,
      declaration: read.declaration,
      prune: flags.prune,
      graceMs: flags.grace,
    },
  }
}

/** The work's answer; where it is refused, with the place in the files. */
export async function withPlace<T>({placed}: Pick<ReadDeclaration, 'placed'>, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw placed(error)
  }
}
