import {HookctlError, unreachableError} from '../../errors.ts'

interface ServerError extends Error {
  readonly code?: string
}

type Said = readonly [code: string, what: string, hint: string]

const unreachable: Said = ['store_unreachable', 'cannot be reached', 'is the server up, and the address right?']
const denied: Said = ['store_denied', 'does not let us in', 'check user, password and grants']
const busy: Said = ['store_busy', 'is busy for too long', 'try again in a moment']
const pooled: Said = [
  'store_unsupported',
  'is behind a pooler that lends a connection for one transaction only',
  'have it lend one for a whole session (PgBouncer: pool_mode = session), or name the database itself',
]
const noSchema: Said = [
  'store_schema_missing',
  'has no schema to keep its tables in',
  'create it: CREATE SCHEMA NAME, owned by the user that connects',
]
const full: Said = ['store_full', 'cannot grow: the disk is full', 'free some space; nothing was half written']

const certificate = (what: string, hint: string): Said => ['store_tls', `cannot be trusted: ${what}`, hint]
const unknownIssuer = (what: string): Said =>
  certificate(what, 'name the CA it should be signed by: sslrootcert=FILE; sslmode=require encrypts and checks nothing')
const selfSigned = unknownIssuer('its certificate is self-signed')
const unknown = unknownIssuer('the CA of its certificate is not known here')

/** By SQLSTATE, the whole code or its class, and by what Node says of sockets. */
const failures: Readonly<Record<string, Said>> = {
  '08': unreachable,
  '57': unreachable,
  '57014': [
    'store_busy',
    'did not answer in the time it gives a statement',
    'give it more: ALTER ROLE NAME SET statement_timeout = 0',
  ],
  '57P03': ['store_unreachable', 'is starting or stopping', 'try again in a moment'],
  // Names of prepared statements that somebody else has given on this connection, or that this one does not know.
  '42P05': pooled,
  '26000': pooled,
  '28': denied,
  '28000': [
    'store_denied',
    'does not let us in',
    'check the user and pg_hba.conf; where it wants encryption, say sslmode=require or verify-full',
  ],
  '42501': denied,
  '3D000': ['store_database_missing', 'is not there: no such database', 'create it: createdb NAME'],
  '53100': full,
  '53': ['store_busy', 'has no connection or memory to spare', 'raise max_connections, or use fewer workers'],
  '55P03': busy,
  '40': busy,
  '25006': ['store_denied', 'is read-only', 'name the primary, not a replica'],
  XX001: ['store_corrupt', 'is damaged', 'restore a backup'],
  '3F000': noSchema,
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: unknown,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknown,
  UNABLE_TO_GET_ISSUER_CERT: unknown,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknown,
  CERT_HAS_EXPIRED: certificate('its certificate has expired', 'renew the certificate on the server'),
  CERT_NOT_YET_VALID: certificate('its certificate is not valid yet', 'check the clocks of both machines'),
  CERT_REVOKED: certificate('its certificate was revoked', 'renew the certificate on the server'),
  ERR_TLS_CERT_ALTNAME_INVALID: certificate(
    'its certificate is for another name',
    'name the host as the certificate does; with sslmode=verify-ca the name is not checked',
  ),
  ECONNREFUSED: unreachable,
  ECONNRESET: unreachable,
  EPIPE: unreachable,
  ENOTFOUND: unreachable,
  EAI_AGAIN: unreachable,
  ETIMEDOUT: unreachable,
  EHOSTUNREACH: unreachable,
}

/** pg has no code for these, or one that says less. */
const sentences: readonly (readonly [RegExp, Said])[] = [
  [
    /unsupported startup parameter/,
    [
      'store_unsupported',
      'is behind a pooler that takes no `options`',
      'take them out of the URL and PGOPTIONS, and set them for the role: ALTER ROLE NAME SET search_path = hookctl',
    ],
  ],
  [
    /does not support SSL/,
    ['store_tls', 'offers no TLS', 'switch it on there (ssl = on), or say sslmode=disable where the way to it is safe'],
  ],
  [/error establishing an SSL connection/, ['store_tls', 'broke off before TLS began', 'what does its log say?']],
  [
    /password must be a string|password must be a non-empty string/,
    ['store_denied', 'asks for a password, and there is none', 'give it by PGPASSWORD or in the file PGPASSFILE names'],
  ],
  [
    /terminated|timeout exceeded|Connection ended|not queryable|connection error|end has been called|after calling end/i,
    unreachable,
  ],
]

/** What OpenSSL and Node say of a handshake, beyond the certificates above: no protocol in common, a broken client key. */
const isOfTls = (code: string): boolean =>
  /^(?:ERR_(?:SSL|OSSL|TLS)_|EPROTO$|CERT_|UNABLE_TO_|INVALID_|HOSTNAME_)/.test(code)

export const schemaMissing = (location: string, searchPath: string): HookctlError =>
  unreachableError(noSchema[0], `the store ${location} ${noSchema[1]} (search_path is ${searchPath})`, {
    hint: noSchema[2],
  })

export const notUtf8 = (location: string, encoding: string): HookctlError =>
  unreachableError('store_unsupported', `the store ${location} keeps text as ${encoding}: what is sent would not fit`, {
    hint: 'make the database anew: createdb --encoding UTF8 --template template0 NAME',
  })

/** What a failure of PostgreSQL or of the way to it means to whoever asked the store; anything else comes back as it is. */
export function translate(error: unknown, location: string): unknown {
  if (!(error instanceof Error) || error instanceof HookctlError) return error
  const {code = ''} = error as ServerError
  const said = saidOf(code, error.message)
  if (said !== undefined) {
    const [name, what, hint] = said
    return unreachableError(name, `the store ${location} ${what}`, {cause: error, hint})
  }
  if (!/^[0-9A-Z]{5}$/.test(code)) return error
  const message = `the store ${location} refused a statement of ours (SQLSTATE ${code})`
  return new HookctlError('internal', 'store_refused', message, {cause: error, hint: 'this is a bug in hookctl'})
}

function saidOf(code: string, message: string): Said | undefined {
  const known =
    failures[code] ?? sentences.find(([pattern]) => pattern.test(message))?.[1] ?? failures[code.slice(0, 2)]
  if (known !== undefined || !isOfTls(code)) return known
  return [
    'store_tls',
    `and this machine agree on no TLS connection: ${message}`,
    'check the ssl settings of both sides',
  ]
}

export const closedError = (location: string): HookctlError =>
  unreachableError('store_closed', `the store ${location} is closed`)
