import {usageError} from '../../errors.ts'
import {painter, wantsColor} from '../color.ts'
import {colorChoice, outputChoice, type Settings} from '../settings.ts'
import type {Surroundings} from '../surroundings.ts'
import type {Format} from './formats.ts'
import type {Layout} from './print.ts'

export interface OutputFlags {
  readonly json?: boolean | undefined
  readonly output?: Format | undefined
  readonly quiet?: boolean | undefined
  readonly fields?: readonly string[] | undefined
  readonly 'no-headers'?: boolean | undefined
}

/**
 * The format for this run: flags, then configuration, then a table on a terminal and tab-separated lines in a pipe;
 * for streams `compact`. A format this command cannot print is refused where a flag asks for it, and passed over where
 * configuration does: `HOOKCTL_OUTPUT=table` must not break `tail`.
 *
 * @throws usage `output_conflict`, `output_not_possible`
 */
function chooseFormat(
  flags: OutputFlags,
  settings: Settings,
  {stdout}: Pick<Surroundings, 'stdout'>,
  formats: readonly Format[],
): Format {
  if (flags.json && flags.output !== undefined && flags.output !== 'json') {
    throw usageError('output_conflict', `--json and --output ${flags.output} cannot both hold`, {hint: 'choose one'})
  }
  const {value: wanted, origin} = flags.json ? {value: 'json' as const, origin: {kind: 'flag'}} : outputChoice(settings)
  if (wanted !== undefined && origin.kind === 'flag' && !formats.includes(wanted)) {
    throw usageError('output_not_possible', `this cannot be printed as ${wanted}, only as ${formats.join(', ')}`)
  }
  if (flags.quiet && origin.kind !== 'flag' && formats.includes('id')) return 'id'
  if (wanted !== undefined && formats.includes(wanted)) return wanted
  if (!formats.includes('table')) return formats[0]!
  return stdout.isTTY === true ? 'table' : 'tsv'
}

/** All that decides how the answer looks, worked out once a run. Loads chalk only when there will be colour. */
export async function makeLayout(
  flags: OutputFlags,
  settings: Settings,
  surroundings: Surroundings,
  formats: readonly Format[],
): Promise<Layout> {
  const {stdout, env} = surroundings
  const format = chooseFormat(flags, settings, surroundings, formats)
  const painted = format === 'table' || format === 'wide' || format === 'compact'
  const terminal = stdout.isTTY === true
  return {
    format,
    fields: flags.fields,
    headers: !flags['no-headers'],
    paint: await painter(painted && wantsColor(colorChoice(settings), stdout, env)),
    width: terminal && format === 'table' ? (stdout.columns ?? 80) : undefined,
    relativeTo: terminal ? surroundings.now() : undefined,
  }
}
