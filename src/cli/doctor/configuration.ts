import {shellWord} from '../../domain/shell-word.ts'
import {HookctlError} from '../../errors.ts'
import {configFiles} from '../config-files.ts'
import {SETTING_KEYS} from '../setting-keys.ts'
import type {Settings} from '../settings.ts'
import type {Surroundings} from '../surroundings.ts'
import {type Finding, failed, ok} from './finding.ts'
import {fromError} from './from-error.ts'
import {examineMode} from './modes.ts'

export interface SettingsFound {
  /** Every setting, or, where the files cannot be used, without them. */
  readonly settings: Settings
  readonly findings: readonly Finding[]
}

/** The configuration: files that parse and belong to their user only, values that can be used. */
export function examineConfiguration(
  surroundings: Surroundings,
  read: (options: {readonly ignoreFiles: boolean}) => Settings,
): SettingsFound {
  const files = configFiles(surroundings).flatMap(({path, kind, state}): Finding[] => {
    if (state === 'none') return []
    if (state !== 'used') {
      return [
        failed('configuration', state, `edit it, or start over: mv ${shellWord(path)} ${shellWord(`${path}.broken`)}`),
      ]
    }
    return [ok('configuration', `${kind}: ${path}`), ...(kind === 'user' ? examineMode('configuration', path) : [])]
  })
  const findings = files.length > 0 ? files : [ok('configuration', 'no files: everything is as usual')]
  try {
    const settings = read({ignoreFiles: false})
    for (const key of SETTING_KEYS) settings.read(key)
    return {settings, findings}
  } catch (error) {
    const isTold = findings.some(({state}) => state === 'failed')
    const settings = read({ignoreFiles: true})
    if (isTold && error instanceof HookctlError) return {settings, findings}
    return {settings, findings: [...findings, fromError('configuration', error)]}
  }
}
