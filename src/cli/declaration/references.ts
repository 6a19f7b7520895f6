import path from 'node:path'
import {parseJson} from '../../domain/json.ts'
import {isCredential} from '../../domain/mask.ts'
import {usageError} from '../../errors.ts'
import {readBytes} from '../bytes.ts'
import {trimmedSecret, withoutLineEnd} from '../secrets.ts'
import {MOST_SMALL_BYTES} from '../small-file.ts'
import type {Surroundings} from '../surroundings.ts'
import {bad, type DeclarationFile, type Path} from './file.ts'

/** Where a value stands that is not in the file itself. */
type Reference = {readonly env: string} | {readonly file: string}

/** The settings that may be references: they are texts, so that an object can be nothing else. */
const TEXT_SETTINGS = ['headerLines', 'bodyTemplate']

interface Resolving {
  readonly file: DeclarationFile
  readonly surroundings: Surroundings
  readonly notice: (text: string) => void
}

type Members = Record<string, unknown>

/** Whether what stands there may hold references. */
export const hasReferences = ([section]: Path): boolean =>
  section === 'webhooks' || section === 'sources' || section === 'eventTypes'

/**
 * A webhook, a source or an event type of a file with its references replaced by what they stand for.
 *
 * @throws usage `secret_in_file`, `secret_not_set`, `secret_empty`, `secret_not_text`, each with the place
 */
export async function resolveReferences(declared: unknown, at: Path, resolving: Resolving): Promise<unknown> {
  if (!isMembers(declared)) return declared
  if (at[0] === 'eventTypes') return {...declared, ...(await schemaOf(declared, at, resolving))}
  const {secret, headers, oauth, settings, ...others} = declared
  const resolve = (value: unknown, path: Path) => resolved(value, [...at, ...path], resolving)
  return {
    ...others,
    ...('url' in others ? {url: await resolve(others.url, ['url'])} : {}),
    ...(secret === undefined ? {} : {secret: {value: await secretOf(secret, [...at, 'secret'], resolving)}}),
    ...(headers === undefined ? {} : {headers: await headersOf(headers, at, resolving)}),
    ...(oauth === undefined ? {} : {oauth: await oauthOf(oauth, at, resolving)}),
    ...(settings === undefined ? {} : {settings: await settingsOf(settings, resolve)}),
  }
}

const isMembers = (value: unknown): value is Members =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

const isReference = (value: unknown): value is Reference =>
  isMembers(value) &&
  Object.keys(value).length === 1 &&
  (typeof value.env === 'string' || typeof value.file === 'string')

/** A schema may stand in a file of its own, as JSON. */
async function schemaOf({schema}: Members, at: Path, resolving: Resolving): Promise<Members> {
  if (!isReference(schema) || !('file' in schema)) return {}
  const place = resolving.file.placeOf([...at, 'schema'])
  const text = await fromFile(schema.file, place, resolving)
  try {
    return {schema: parseJson(text)}
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw bad(place, `${schema.file} is not JSON: ${error.message}`)
  }
}

async function secretOf(secret: unknown, path: Path, resolving: Resolving): Promise<unknown> {
  if (isReference(secret)) {
    const value = await resolved(secret, path, resolving)
    return typeof value === 'string' ? trimmedSecret(value, resolving, `${resolving.file.placeOf(path)}: `) : value
  }
  throw usageError(
    'secret_in_file',
    `${resolving.file.placeOf(path)}: a secret stands in a declaration by reference only`,
    {
      hint: `write "${path.at(-1)}: {env: NAME}" or "${path.at(-1)}: {file: PATH}"`,
    },
  )
}

async function oauthOf(oauth: unknown, at: Path, resolving: Resolving): Promise<unknown> {
  if (!isMembers(oauth)) return oauth
  const {tokenUrl, clientSecret} = oauth
  const path = (member: string) => [...at, 'oauth', member]
  return {
    ...oauth,
    ...('tokenUrl' in oauth ? {tokenUrl: await resolved(tokenUrl, path('tokenUrl'), resolving)} : {}),
    ...('clientSecret' in oauth ? {clientSecret: await secretOf(clientSecret, path('clientSecret'), resolving)} : {}),
  }
}

async function headersOf(headers: unknown, at: Path, resolving: Resolving): Promise<unknown> {
  if (!Array.isArray(headers)) return headers
  const found: unknown[] = []
  for (const [index, header] of headers.entries()) {
    const path = [...at, 'headers', index, 'value']
    if (isMembers(header)) noticeCredential(header, path, resolving)
    found.push(isMembers(header) ? {...header, value: await resolved(header.value, path, resolving)} : header)
  }
  return found
}

function noticeCredential({name, value}: Members, path: Path, {file, notice}: Resolving): void {
  if (typeof name !== 'string' || typeof value !== 'string' || !isCredential([name, value])) return
  notice(`${file.placeOf(path)}: ${name} holds a credential; "value: {env: NAME}" keeps it out of the file`)
}

async function settingsOf(
  settings: unknown,
  resolve: (value: unknown, path: Path) => Promise<unknown>,
): Promise<unknown> {
  if (!isMembers(settings)) return settings
  const entries = Object.entries(settings).map(async ([name, value]) => [
    name,
    TEXT_SETTINGS.includes(name) ? await resolve(value, ['settings', name]) : value,
  ])
  return Object.fromEntries(await Promise.all(entries))
}

async function resolved(value: unknown, path: Path, resolving: Resolving): Promise<unknown> {
  if (!isReference(value)) return value
  const place = resolving.file.placeOf(path)
  const text = 'env' in value ? fromVariable(value.env, place, resolving) : await fromFile(value.file, place, resolving)
  if (text === '') throw usageError('secret_empty', `${place}: ${JSON.stringify(value)} is empty`)
  return text
}

function fromVariable(name: string, place: string, {surroundings: {env}}: Resolving): string {
  const text = Object.hasOwn(env, name) ? env[name] : undefined
  if (text !== undefined) return text
  throw usageError('secret_not_set', `${place}: there is no environment variable ${name}`, {
    hint: `export ${name}=…; or leave the line out of what is there already: it keeps its secret`,
  })
}

/** Relative to the file that names it, like everything a file names. */
async function fromFile(name: string, place: string, {file, surroundings}: Resolving): Promise<string> {
  if (name === '-') throw bad(place, 'a secret cannot be read from stdin here', 'name a file or a variable')
  const bytes = await readBytes(path.resolve(file.folder, name), surroundings, MOST_SMALL_BYTES)
  return withoutLineEnd(bytes, `${place}: ${name}`).text
}
