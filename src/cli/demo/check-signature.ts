import {spawn, spawnSync} from 'node:child_process'
import process from 'node:process'

/** What a signature is over, and what it was: enough for anybody to compute it again. */
export interface Claimed {
  readonly algorithm: 'sha512' | 'sha256'
  readonly key: Uint8Array
  readonly message: Uint8Array
  /** Lower-case hex. */
  readonly digest: string
}

/** Computes an HMAC with something that is not hookctl. */
export interface OtherImplementation {
  /** As it calls itself: `OpenSSL 3.0.17`. */
  readonly name: string
  agrees(claimed: Claimed): Promise<boolean>
}

/** openssl where it is on the path, else node:crypto in a process of its own. */
export function otherImplementation(): OtherImplementation {
  const version = spawnSync('openssl', ['version'], {encoding: 'utf8'})
  const found = version.status === 0
  return {
    name: found
      ? version.stdout.split(' ').slice(0, 2).join(' ')
      : `node:crypto of ${process.version}, in a process of its own`,
    async agrees(claimed) {
      const digest = await (found ? withOpenssl(claimed) : withNode(claimed))
      return digest === claimed.digest && digest !== ''
    },
  }
}

// The key stands on openssl's command line, where it wants it: a secret of this demo, dead in a second.
const withOpenssl = ({algorithm, key, message}: Claimed): Promise<string> =>
  run(
    'openssl',
    ['dgst', `-${algorithm}`, '-mac', 'HMAC', '-macopt', `hexkey:${Buffer.from(key).toString('hex')}`],
    message,
  )

const script = `
const {DEMO_ALGORITHM, DEMO_KEY} = process.env
const hmac = require('node:crypto').createHmac(DEMO_ALGORITHM, Buffer.from(DEMO_KEY, 'hex'))
process.stdin.on('data', chunk => hmac.update(chunk)).on('end', () => console.log(hmac.digest('hex')))`

const withNode = ({algorithm, key, message}: Claimed): Promise<string> =>
  run(process.execPath, ['-e', script], message, {
    DEMO_ALGORITHM: algorithm,
    DEMO_KEY: Buffer.from(key).toString('hex'),
  })

type Headers = readonly (readonly [name: string, value: string])[]

/**
 * What a received request claims: X-Hook-Signature is over the body, Standard Webhooks over `id.timestamp.body` with
 * a key in base64 (standard-webhooks.com, version 1).
 */
export function claimedBy(headers: Headers, body: Uint8Array, secret: string): Claimed {
  const header = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? ''
  const netbox = header('x-hook-signature')
  if (netbox !== '') return {algorithm: 'sha512', key: Buffer.from(secret), message: body, digest: netbox}
  const [, base64 = ''] = header('webhook-signature').split(',')
  return {
    algorithm: 'sha256',
    key: Buffer.from(secret.replace(/^whsec_/, ''), 'base64'),
    message: Buffer.concat([Buffer.from(`${header('webhook-id')}.${header('webhook-timestamp')}.`), body]),
    digest: Buffer.from(base64, 'base64').toString('hex'),
  }
}

/** The hex digits a program prints when it is given the body on stdin. */
async function run(
  program: string,
  args: readonly string[],
  body: Uint8Array,
  env: Record<string, string> = {},
): Promise<string> {
  const child = spawn(program, args, {stdio: ['pipe', 'pipe', 'ignore'], env: {...process.env, ...env}})
  child.stdin.end(body)
  let printed = ''
  for await (const chunk of child.stdout) printed += chunk
  return /([0-9a-f]{64,128})\s*$/.exec(printed)?.[1] ?? ''
}
