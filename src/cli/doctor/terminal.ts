import {wantsColor} from '../color.ts'
import {mayAsk} from '../prompts.ts'
import {colorChoice, type Settings} from '../settings.ts'
import type {Surroundings} from '../surroundings.ts'
import {type Finding, ok} from './finding.ts'

/** How answers look here, and why: which of the streams are terminals, who decided on colour, whether one is asked. */
export function examineTerminal(settings: Settings, surroundings: Surroundings): Finding {
  const {stdout, env} = surroundings
  const choice = colorChoice(settings)
  const variable = ['NO_COLOR', 'FORCE_COLOR', 'CLICOLOR_FORCE', 'CLICOLOR', 'TERM'].find(name => env[name])
  const why = choice === 'auto' ? (variable === undefined ? 'auto' : `${variable}=${env[variable]}`) : choice
  const parts = [
    stdout.isTTY ? `a terminal of ${stdout.columns || 80} columns` : 'no terminal: tab-separated lines',
    `colour ${wantsColor(choice, stdout, env) ? 'on' : 'off'} (${why})`,
    mayAsk({surroundings, settings}) ? 'missing values are asked for' : 'nothing is asked',
  ]
  return ok('terminal', parts.join(', '))
}
