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

/** @throws usage `bad_type_template` */
export function typeTemplateIn(text: string | undefined): TypeTemplate | undefined {
  if (!text) return undefined
  const read = readTypeTemplate(text)
  if (!('code' in read)) return read
  throw usageError(read.code, `--event-type: ${read.message}`, {hint: read.hint})
}
