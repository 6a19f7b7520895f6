import type {OutputStream, Surroundings} from './surroundings.ts'

export type ColorChoice = 'auto' | 'always' | 'never'
export type Style = 'bold' | 'inverse' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan'
/** Colours text, or hands it back as it is. */
export type Paint = (style: Style, text: string) => string

export const plain: Paint = (_, text) => text

/**
 * Whether this stream gets colour. A choice by flag or configuration wins; `auto` follows NO_COLOR (any value but an
 * empty one), FORCE_COLOR and CLICOLOR_FORCE (0 and false mean no), CLICOLOR=0, TERM=dumb, and whether it is a terminal.
 */
export function wantsColor(choice: ColorChoice, stream: OutputStream, env: Surroundings['env']): boolean {
  if (choice !== 'auto') return choice === 'always'
  if (env.NO_COLOR) return false
  for (const name of ['FORCE_COLOR', 'CLICOLOR_FORCE']) {
    const forced = env[name]
    if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false'
  }
  if (env.CLICOLOR === '0' || env.TERM === 'dumb') return false
  return stream.isTTY === true
}

/** chalk is loaded only where there is colour: pipes pay nothing for it. */
export async function painter(enabled: boolean): Promise<Paint> {
  if (!enabled) return plain
  const {Chalk} = await import('chalk')
  const chalk = new Chalk({level: 1})
  return (style, text) => chalk[style](text)
}

const STATES: ReadonlyMap<string, Style> = new Map([
  ['delivered', 'green'],
  ['active', 'green'],
  ['ok', 'green'],
  ['valid', 'green'],
  ['success', 'green'],
  ['collecting', 'yellow'],
  ['pending', 'yellow'],
  ['delivering', 'cyan'],
  ['activating', 'yellow'],
  ['held', 'yellow'],
  ['paused', 'yellow'],
  ['resting', 'yellow'],
  ['warning', 'yellow'],
  ['failed', 'red'],
  ['failing', 'red'],
  ['invalid', 'red'],
  ['inactive', 'red'],
  ['skipped', 'dim'],
  ['cancelled', 'dim'],
  ['disabled', 'dim'],
])

/** A state is always its word; the colour only helps the eye find it. */
export function paintState(paint: Paint, state: string): string {
  const style = STATES.get(state.split(/[^a-z_]/, 1)[0] ?? '')
  return style === undefined ? state : paint(style, state)
}
