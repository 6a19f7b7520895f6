import {readFileSync} from 'node:fs'
import path from 'node:path'
import type {Surroundings} from '../surroundings.ts'
import {type Finding, ok} from './finding.ts'

/** Where a shell is told to complete hookctl, from the home folder. */
const places: Readonly<Record<string, readonly string[]>> = {
  bash: ['.bashrc', '.bash_profile', '.local/share/bash-completion/completions/hookctl'],
  zsh: ['.zshrc', '.zsh/completions/_hookctl'],
  fish: ['.config/fish/completions/hookctl.fish', '.config/fish/config.fish'],
}

/** Whether TAB completes hookctl in the shell of this user: nothing is wrong without. */
export function examineCompletion({env, home}: Pick<Surroundings, 'env' | 'home'>): readonly Finding[] {
  const shell = path.basename(env.SHELL ?? '')
  const files = places[shell]
  if (files === undefined) return []
  const isSet = files.some(file => mentions(path.join(home, file)))
  return [ok('completion', isSet ? `set up for ${shell}` : `not set up for ${shell}: hookctl complete says how`)]
}

function mentions(file: string): boolean {
  try {
    return readFileSync(file, 'utf8').includes('hookctl')
  } catch {
    return false
  }
}
