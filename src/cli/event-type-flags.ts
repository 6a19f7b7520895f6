import {mismatchRules} from '../domain/event-type.ts'
import {readJson} from './bytes.ts'
import {choiceFlag, textFlag} from './flags.ts'
import type {Surroundings} from './surroundings.ts'

export const schemaFlag = textFlag({
  description: 'JSON Schema that the data has to fit: JSON, @FILE or - for stdin; empty: any data',
  helpValue: 'JSON',
  empty: true,
})

export const eventTypeFlags = {
  summary: textFlag({description: 'what it tells, in one sentence', helpValue: 'TEXT', empty: true}),
  schema: schemaFlag,
  'example-data': textFlag({
    description: 'data of one such event: JSON, @FILE or - for stdin; empty: none',
    helpValue: 'JSON',
    empty: true,
  }),
  'on-mismatch': choiceFlag({description: 'what becomes of an event whose data does not fit', choices: mismatchRules}),
}

interface Flags {
  readonly summary?: string | undefined
  readonly schema?: string | undefined
  readonly 'example-data'?: string | undefined
  readonly 'on-mismatch'?: (typeof mismatchRules)[number] | undefined
}

/** As the operation takes it; null takes something away. @throws usage `invalid_json` */
export async function eventTypeFrom(flags: Flags, surroundings: Surroundings) {
  const json = async (flag: 'schema' | 'example-data') => {
    const text = flags[flag]
    if (text === undefined) return undefined
    return text === '' ? null : readJson(flag, text, surroundings)
  }
  return {
    summary: flags.summary,
    schema: await json('schema'),
    example: await json('example-data'),
    onMismatch: flags['on-mismatch'],
  }
}
