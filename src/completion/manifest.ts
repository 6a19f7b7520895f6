import {readFileSync} from 'node:fs'
import path from 'node:path'

export interface KnownFlag {
  readonly name: string
  readonly char?: string
  readonly type: 'boolean' | 'option'
  readonly description?: string
  readonly helpValue?: string
  readonly helpGroup?: string
  readonly options?: readonly string[]
  readonly multiple?: boolean
  readonly delimiter?: string
  readonly hidden?: boolean
}

interface KnownArgument {
  readonly name: string
  readonly multiple?: boolean
  readonly options?: readonly string[]
}

export interface KnownCommand {
  readonly summary?: string
  readonly hidden?: boolean
  readonly flags: Readonly<Record<string, KnownFlag>>
  readonly args: Readonly<Record<string, KnownArgument>>
}

/** What there is to type, without loading any of it. */
export interface Manifest {
  /** By name with spaces: `webhook list`. */
  readonly commands: ReadonlyMap<string, KnownCommand>
  /** Topic to description. */
  readonly topics: ReadonlyMap<string, string>
}

const read = (root: string, file: string) => JSON.parse(readFileSync(path.join(root, file), 'utf8'))

/** The manifest of the program in this folder. */
export function readManifest(root: string): Manifest {
  const {commands} = read(root, 'oclif.manifest.json') as {commands: Record<string, KnownCommand>}
  const topics = read(root, 'package.json').oclif.topics as Record<string, {description: string}>
  return {
    commands: new Map(Object.entries(commands).map(([id, command]) => [id.replaceAll(':', ' '), command])),
    topics: new Map(Object.entries(topics).map(([topic, {description}]) => [topic, description])),
  }
}
