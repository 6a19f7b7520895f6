import {type IdTemplate, readIdTemplate} from '../domain/id-template.ts'
import {readTypeTemplate, type TypeTemplate} from '../domain/type-template.ts'
import {usageError} from '../errors.ts'
import {type FlagText, textFlag} from './flags.ts'

export const eventTypeFlag = (more: Pick<FlagText, 'exclusive' | 'dependsOn'> = {}) =>
  textFlag({
    description:
      "of what no platform sends: its type, like 'github.{header.X-GitHub-Event}'; empty: the platform reads it",
    helpValue: 'TYPE',
    empty: true,
    ...more,
  })

export const dedupeByFlag = (more: Pick<FlagText, 'dependsOn'> = {}) =>
  textFlag({
    description: "what tells an event from its repeats, like '{body.id}'; empty: the headers that many have",
    helpValue: 'ID',
    empty: true,
    ...more,
  })

/** @throws usage `bad_id_template` */
export function idTemplateIn(text: string | undefined): IdTemplate | undefined {
  if (!text) return undefined
  const read = readIdTemplate(text)
  if (!('code' in read)) return read
  throw usageError(read.code, `--dedupe-by: ${read.message}`, {hint: read.hint})
}

/** @throws usage `bad_type_template` */
export function typeTemplateIn(text: string | undefined): TypeTemplate | undefined {
  if (!text) return undefined
  const read = readTypeTemplate(text)
  if (!('code' in read)) return read
  throw usageError(read.code, `--event-type: ${read.message}`, {hint: read.hint})
}
