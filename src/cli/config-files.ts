import path from 'node:path'
import {HookctlError} from '../errors.ts'
import {findProjectFile, PROJECT_FILE, readConfigFile, userConfigPath} from './config.ts'
import type {Column} from './output/column.ts'
import type {Surroundings} from './surroundings.ts'

export interface ShownConfigFile {
  readonly id: string
  readonly kind: 'project' | 'user'
  readonly path: string
  /** `used`, `none` where there is no such file, else why it cannot be used. */
  readonly state: string
}

export const configFileColumns: readonly Column<ShownConfigFile>[] = [
  {key: 'kind'},
  {key: 'path', whole: true},
  {key: 'state', kind: 'state'},
]

function stateOf(read: () => unknown): string {
  try {
    return read() === undefined ? 'none' : 'used'
  } catch (error) {
    if (error instanceof HookctlError) return error.message
    throw error
  }
}

/** The configuration files of this run, the stronger one first; broken ones are told, not thrown. */
export function configFiles(surroundings: Surroundings): readonly ShownConfigFile[] {
  const user = userConfigPath(surroundings)
  let project = path.join(surroundings.cwd, PROJECT_FILE)
  const projectState = stateOf(() => {
    const found = findProjectFile(surroundings.cwd)
    project = found?.path ?? project
    return found
  })
  return [
    {id: project, kind: 'project', path: project, state: projectState},
    {id: user, kind: 'user', path: user, state: stateOf(() => readConfigFile(user))},
  ]
}
