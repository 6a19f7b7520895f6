import type {SourceView} from '../../api/sources.ts'
import {argumentWord} from '../../domain/shell-word.ts'
import {signedUrlOf} from '../../domain/source.ts'
import {type Finding, ok, warning} from './finding.ts'

/** Sources that refused what came last: the platform was told why, and nobody here. */
export function examineSources(sources: readonly SourceView[]): readonly Finding[] {
  if (sources.length === 0) return []
  const on = sources.filter(({active}) => active).length
  return [ok('sources', `${sources.length}, ${on} of them on`), ...sources.flatMap(examine)]
}

function examine(source: SourceView): Finding[] {
  const {name, lastAcceptedAt, lastRefusedAt, lastRefusal} = source
  // RFC 3339 in UTC: later is greater.
  if (lastRefusedAt === null || lastRefusal === null || lastRefusedAt < (lastAcceptedAt ?? '')) return []
  const since = lastAcceptedAt === null ? 'and has accepted nothing yet' : 'and has accepted nothing since'
  const detail = `${name} refused what came at ${lastRefusedAt} (${lastRefusal}), ${since}`
  return [warning('sources', detail, fixes.get(lastRefusal)?.(source) ?? `hookctl source show ${argumentWord(name)}`)]
}

function sameOnBothSides({id, name, signature}: SourceView): string {
  const secret = `hookctl source rotate-secret ${argumentWord(name)} tells a new one`
  if (signature?.url === undefined) return `give the platform the secret: ${secret}`
  const url = signedUrlOf({id}, signature.url)
  return `it signs the URL that it was given: that has to be ${url}, letter by letter. Else give it the secret: ${secret}`
}

const token = () => 'hookctl token create NAME --scope ingest, for the platform to send along'

/** What to do, by the code of the refusal. */
const fixes = new Map<string, (source: SourceView) => string>([
  ['signature_invalid', sameOnBothSides],
  ['token_missing', token],
  ['token_invalid', token],
  ['scope_missing', token],
  ['source_disabled', ({name}) => `hookctl source enable ${argumentWord(name)}`],
  ['data_mismatch', () => 'hookctl event-type list: a schema of yours does not fit what the platform sends'],
  [
    'no_event_type',
    ({name}) =>
      `hookctl source edit ${argumentWord(name, "--event-type 'TYPE'")}: its type takes what did not come along`,
  ],
  [
    'bad_body',
    ({name}) => `hookctl source edit ${argumentWord(name, '--platform PLATFORM')}, where it is of another one`,
  ],
])
