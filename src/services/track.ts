import {createHmac} from 'node:crypto'
import type {Parsed} from '../api/operations.ts'
import {fieldChanges} from '../domain/field-changes.ts'
import type {JsonText} from '../domain/json.ts'
import {firstMember, maskSecrets} from '../domain/secret-members.ts'
import type {ObjectChange, ObjectKey, SecretDigests, TrackedObject} from '../domain/tracked.ts'
import type {SeenObject} from '../store/store.ts'
import type {Asking, Deps} from './deps.ts'
import {toMicros} from './instants.ts'
import {jsonTextOf} from './json-text.ts'

type ReportedObject = Parsed<'object.apply'>['objects'][number]

/** One report, its object known: the reports of one object in one request are one. */
export interface Report {
  readonly key: ObjectKey
  readonly path: string
  readonly given: ReportedObject
  readonly contextName: string | null
  /** Which of the objects handed in it stands for. */
  readonly indexes: readonly number[]
  /** The last state that the request told of, also where it then deleted the object. */
  readonly data: ReportedObject['data']
}

export interface Tracked {
  /** What is kept from now on; null where the object is gone. */
  readonly object: TrackedObject | null
  /** Null where nothing changed. */
  readonly change: ObjectChange | null
  readonly rotated: readonly string[]
  readonly report: Report
}

const SALT_BYTES = 16

/**
 * What a report says beyond what is known: pure but for the salt. Secrets are masked before anything is compared or
 * kept; that one was replaced is seen by its digest.
 */
export function track(
  deps: Pick<Deps, 'now' | 'randomBytes'>,
  caller: Pick<Asking, 'actor' | 'requestId'>,
  report: Report,
  known: TrackedObject | SeenObject | null,
): Tracked {
  const {key, given, path} = report
  const masked = report.data === undefined ? null : maskSecrets(report.data, given.secrets)
  const data = masked === null ? null : (jsonTextOf(masked.value, `${path}data`) as JsonText)
  const secrets = masked === null ? null : digestsOf(deps, masked.secrets, known?.secrets ?? null)
  const name = given.name ?? nameIn(report.data) ?? known?.name ?? ''
  const after = given.deleted ? null : data
  const rotated = after === null ? [] : rotatedIn(known?.secrets ?? null, secrets)
  const fields = fieldChanges(known?.data ?? null, after, new Set(rotated))
  const kind = changeKind(known, after, fields.length > 0 || (known !== null && name !== known.name))
  const now = deps.now()
  const contextId = given.contextId ?? known?.contextId ?? null
  return {
    report,
    rotated,
    object:
      after === null
        ? null
        : {
            ...key,
            name,
            contextId,
            data: after,
            secrets,
            createdAt: known?.createdAt ?? now,
            updatedAt: kind === null ? (known?.updatedAt ?? now) : now,
          },
    change:
      kind === null
        ? null
        : {
            change: kind,
            object: {type: key.type, id: key.id, name},
            occurredAtMicros:
              given.occurredAt === undefined ? now * 1000 : toMicros(given.occurredAt, `${path}occurredAt`),
            actor: actorOf(given) ?? caller.actor,
            requestId: given.requestId ?? caller.requestId,
            contextId,
            contextName: report.contextName,
            before: known?.data ?? null,
            after,
            data: data ?? known?.data ?? ('{}' as JsonText),
            fields,
          },
  }
}

function changeKind(
  known: TrackedObject | null,
  after: JsonText | null,
  differs: boolean,
): ObjectChange['change'] | null {
  if (known === null) return after === null ? null : 'created'
  if (after === null) return 'deleted'
  return differs ? 'changed' : null
}

function actorOf({actor}: ReportedObject): ObjectChange['actor'] | null {
  if (actor === undefined) return null
  const {kind, name, email, id} = actor
  return {kind, name, ...(email === undefined ? {} : {email}), ...(id === undefined ? {} : {id})}
}

/** What platforms call their objects in their data. */
function nameIn(data: ReportedObject['data']): string | undefined {
  const names = ['name', 'display', 'username', 'user', 'email', 'slug'].map(member => data?.[member])
  return names.find((text): text is string => typeof text === 'string' && text !== '')?.slice(0, 255)
}

/** Under the object's own salt: the same secret in two objects looks different. Null where there is no secret. */
function digestsOf(
  {randomBytes}: Pick<Deps, 'randomBytes'>,
  secrets: ReadonlyMap<string, string>,
  known: SecretDigests | null,
): SecretDigests | null {
  if (secrets.size === 0) return null
  const salt = known?.salt ?? Buffer.from(randomBytes(SALT_BYTES)).toString('base64')
  const digest = (text: string) => createHmac('sha256', Buffer.from(salt, 'base64')).update(text).digest('base64')
  return {salt, digests: Object.fromEntries([...secrets].map(([path, text]) => [path, digest(text)]))}
}

/** The members in which a secret is another one than before. One that came or went is seen by its mask. */
function rotatedIn(before: SecretDigests | null, after: SecretDigests | null): string[] {
  const paths = Object.keys(after?.digests ?? {}).filter(path => {
    const was = before?.digests[path]
    return was !== undefined && was !== after?.digests[path]
  })
  return [...new Set(paths.map(firstMember))].sort()
}
