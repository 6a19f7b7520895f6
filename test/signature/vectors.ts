import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'
import type {Header, SchemeName} from '../../src/signature/index.ts'

export interface Vector {
  readonly id: string
  readonly scheme: string
  readonly secrets: readonly string[]
  readonly headers: readonly Header[]
  readonly now: number
  readonly tolerance: number | null
  readonly valid: boolean
  readonly reason: string
  readonly body_b64?: string
  readonly body_repeat?: {readonly b64: string; readonly times: number; readonly tail_b64?: string}
  readonly body_sha256: string
}

const file = new URL('../vectors/signatures.json', import.meta.url)

export const vectors = (): Vector[] => JSON.parse(readFileSync(file, 'utf8')).vectors

/** Our name of a vector's scheme. */
export const SCHEMES: {readonly [name: string]: SchemeName} = {
  'netbox-hmac-sha512': 'netbox',
  'github-sha256': 'github',
  'standard-webhooks-v1': 'standard-v1',
  'standard-webhooks-v1a': 'standard-v1a',
  'stripe-v1': 'stripe',
  'slack-v0': 'slack',
}

/** The vector's body, checked against the digest beside it. */
export function bodyOf({body_b64 = '', body_repeat: repeat, body_sha256}: Vector): Buffer {
  const block = Buffer.from(repeat?.b64 ?? body_b64, 'base64')
  const body =
    repeat === undefined
      ? block
      : Buffer.concat([...Array<Buffer>(repeat.times).fill(block), Buffer.from(repeat.tail_b64 ?? '', 'base64')])
  if (createHash('sha256').update(body).digest('hex') !== body_sha256) throw new Error('the vector is damaged')
  return body
}
