import {usageError} from '../../errors.ts'
import {painter, wantsColor} from '../color.ts'
import {colorChoice, outputChoice, type Settings, zoneChoice} from '../settings.ts'
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
  if (formats.includes('id')) refuseBesideQuiet(flags)
  const {value: wanted, origin} = flags.json ? {value: 'json' as const, origin: {kind: 'flag'}} : outputChoice(settings)
  if (wanted !== undefined && origin.kind === 'flag' && !formats.includes(wanted)) {
    throw usageError('output_not_possible', `this cannot be printed as ${wanted}, only as ${formats.join(', ')}`)
  }
  if (flags.quiet && formats.includes('id')) return 'id'
  if (wanted !== undefined && formats.includes(wanted)) return wanted
  if (!formats.includes('table')) return formats[0]!
  return stdout.isTTY === true ? 'table' : 'tsv'
}

/** What has no ids to print, a stream, takes --quiet as no notices only. */
function refuseBesideQuiet({quiet, json, output, fields}: OutputFlags): void {
  if (!quiet) return
  const other = json
    ? '--json'
    : output !== undefined && output !== 'id'
      ? `--output ${output}`
      : fields !== undefined && '--fields'
  if (!other) return
  throw usageError('output_conflict', `--quiet prints ids only, and ${other} something else`, {
    hint: 'choose one; notices alone are kept out by 2> /dev/null',
  })
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
  const zone = zoneChoice(settings)?.zone
  return {
    format,
    fields: flags.fields,
    headers: !flags['no-headers'],
    paint: await painter(painted && wantsColor(colorChoice(settings), stdout, env)),
    width: terminal && format === 'table' ? stdout.columns || 80 : undefined,
    times: terminal ? {now: surroundings.now(), zone, exact: format === 'wide'} : undefined,
  }
}
