import type {Reason} from './types.ts'

const SENTENCES: {readonly [reason in Reason]: string} = {
  ok: 'the signature fits',
  ok_uppercase: 'the signature fits; it is written in upper-case hex, which stricter receivers refuse',
  mismatch: 'the signature belongs to another body or another secret',
  missing_header: 'a header the scheme needs is missing',
  duplicate_header: 'a header that must stand once is repeated',
  empty_signature: 'the signature header is empty',
  empty_secret: 'the secret is empty, and an empty secret never verifies',
  bad_secret: 'the secret is not one this scheme can use',
  bad_length: 'the signature has the wrong length for this scheme',
  bad_encoding: 'the signature is not written in the encoding of this scheme',
  bad_prefix: 'the signature does not start as this scheme writes it',
  bad_id: 'the message id holds a character that an id must not hold',
  missing_url: 'the scheme signs the URL that the sender sends to, and it was not told',
  bad_timestamp: 'the timestamp is not written as this scheme writes it',
  duplicate_timestamp: 'the signature header holds more than one timestamp',
  timestamp_too_old: 'the message was signed too long ago',
  timestamp_in_future: 'the message says it was signed in the future',
  no_known_version: 'no signature in the header is of a version this check accepts',
  too_many_signatures: 'the header holds more than 20 signatures',
}

export const REASONS = Object.keys(SENTENCES) as readonly Reason[]

/** What a reason means, in one sentence without a full stop. */
export const describeReason = (reason: Reason): string => SENTENCES[reason]
