import {createCipheriv, createDecipheriv, hash, randomBytes} from 'node:crypto'
import {isCredential, maskHeaderLines} from '../domain/mask.ts'
import type {Source} from '../domain/source.ts'
import type {Secret, Webhook} from '../domain/webhook.ts'
import {unreachableError, usageError} from '../errors.ts'

/** The key under which a store keeps what it must not show: secrets, and headers that let somebody in. */
export interface SecretKey {
  /** The first 8 hex digits of its SHA-256: says which key it is, and nothing else of it. */
  readonly id: string
  readonly bytes: Uint8Array
}

const KEY_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16
/** What is sealed begins with it, then the id of the key, then base64url. */
const PREFIX = 'hkenc1:'

/** 32 random bytes as base64 or hex. @throws usage `bad_secret_key`; the message never holds the text */
export function secretKeyOf(text: string): SecretKey {
  const trimmed = text.trim()
  const bytes = /^[0-9a-f]{64}$/i.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64url')
  if (bytes.length !== KEY_BYTES || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(trimmed)) {
    throw usageError('bad_secret_key', `a secret key is ${KEY_BYTES} random bytes as base64 or hex`, {
      hint: 'make one: openssl rand -base64 32',
    })
  }
  return {id: hash('sha256', bytes).slice(0, 8), bytes}
}

export const keyOrNull = (text: string | null): SecretKey | null => (text === null ? null : secretKeyOf(text))

/**
 * The text under the key, never the same twice. `about` is where it belongs (the id of the webhook or
 * source): put elsewhere it does not open.
 */
function seal({id, bytes}: SecretKey, text: string, about: string): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', bytes, iv).setAAD(Buffer.from(about))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return `${PREFIX}${id}:${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')}`
}

function open(key: SecretKey | null, sealed: string, about: string): string {
  const [id = '', text = ''] = sealed.slice(PREFIX.length).split(':')
  if (key?.id !== id) throw wrongKey(id, key)
  const bytes = Buffer.from(text, 'base64url')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.bytes, bytes.subarray(0, IV_BYTES))
      .setAAD(Buffer.from(about))
      .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
    return decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
  } catch (error) {
    throw unreachableError('store_corrupt', `a secret of ${about} cannot be opened: it was changed in the store`, {
      hint: `restore a backup, or give it a new secret: hookctl ${about.startsWith('src_') ? 'source' : 'webhook'} rotate-secret`,
      cause: error,
    })
  }
}

const isSealed = (text: string): boolean => text.startsWith(PREFIX)

type Texts = (text: string) => string

const withValues = (secrets: readonly Secret[], change: Texts, isMeant: (text: string) => boolean): Secret[] =>
  secrets.map(secret => (isMeant(secret.value) ? {...secret, value: change(secret.value)} : secret))

/** The same webhook with every text that must not be seen passed through one of these. */
function withSecrets(
  webhook: Webhook,
  change: Texts,
  isMeant: (text: string, plain: () => boolean) => boolean,
): Webhook {
  const {oauth, settings} = webhook
  const {headerLines} = settings
  return {
    ...webhook,
    secrets: withValues(webhook.secrets, change, text => isMeant(text, () => true)),
    headers: webhook.headers.map(header =>
      isMeant(header[1], () => isCredential(header)) ? [header[0], change(header[1])] : header,
    ),
    oauth:
      oauth !== null && isMeant(oauth.clientSecret, () => true)
        ? {...oauth, clientSecret: change(oauth.clientSecret)}
        : oauth,
    settings:
      typeof headerLines === 'string' && isMeant(headerLines, () => maskHeaderLines(headerLines) !== headerLines)
        ? {...settings, headerLines: change(headerLines)}
        : settings,
  }
}

/** As it is stored. */
export const sealed = (webhook: Webhook, key: SecretKey | null): Webhook =>
  key === null
    ? webhook
    : withSecrets(
        webhook,
        text => seal(key, text, webhook.id),
        (_, plain) => plain(),
      )

/** As it is used. @throws HookctlError `secret_key_wrong`, `store_corrupt` */
export const opened = (webhook: Webhook, key: SecretKey | null): Webhook =>
  withSecrets(webhook, text => open(key, text, webhook.id), isSealed)

/** The same of a source, of which nothing but its secrets must not be seen. */
export const sealedSource = (source: Source, key: SecretKey | null): Source =>
  key === null
    ? source
    : {
        ...source,
        secrets: withValues(
          source.secrets,
          text => seal(key, text, source.id),
          () => true,
        ),
      }

/** @throws HookctlError `secret_key_wrong`, `store_corrupt` */
export const openedSource = (source: Source, key: SecretKey | null): Source => ({
  ...source,
  secrets: withValues(source.secrets, text => open(key, text, source.id), isSealed),
})

const HINT = 'give it as HOOKCTL_SECRET_KEY, or name its file: hookctl config set secretKeyFile FILE'

/**
 * Whether the key fits what the store was sealed with (`id`; null: with none).
 *
 * @throws HookctlError `secret_key_missing`, `secret_key_wrong`, `secret_key_unused`
 */
export function assertKeyFits(id: string | null, key: SecretKey | null, location: string): void {
  if (id === null && key === null) return
  if (id === null) {
    throw unreachableError(
      'secret_key_unused',
      `the secrets in ${location} are not encrypted, and a secret key is set`,
      {
        hint: 'encrypt them with it: hookctl store rekey; or take the key out of the configuration',
      },
    )
  }
  if (key === null) {
    throw unreachableError(
      'secret_key_missing',
      `the secrets in ${location} are encrypted with the key ${id}, and none is set`,
      {
        hint: HINT,
      },
    )
  }
  if (key.id !== id) throw wrongKey(id, key)
}

const wrongKey = (id: string, key: SecretKey | null): Error =>
  unreachableError(
    'secret_key_wrong',
    `the secrets are encrypted with the key ${id}; ${key === null ? 'none is set' : `the one that is set is ${key.id}`}`,
    {
      hint: HINT,
    },
  )
