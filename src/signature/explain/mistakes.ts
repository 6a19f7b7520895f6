/** What is said about a mistake: what happened, and what to do. */
export interface Advice {
  readonly sentence: string
  readonly fix: string
}

const RAW = 'Hash the bytes as they arrive, before any parser or framework touches them.'
const SAME_JSON = 'Sign and send one and the same bytes; verify the raw body and never JSON that was written again.'
const SAME_SECRET = 'Store the very same bytes on both sides: write the secret with printf %s, not echo.'

const json = (style: string): Advice => ({
  sentence: `The signature is over the same JSON written ${style}: one side parsed it and wrote it again.`,
  fix: SAME_JSON,
})

/**
 * Every named mistake, with what to say about it. The names are stable; the words are not.
 * In the sentences "the body here" and "the secret here" are those given to the check.
 */
export const MISTAKES = {
  body_newline_added: {
    sentence: 'The body here ends with a line feed that was not signed.',
    fix: 'An editor, echo or a heredoc added it: save the body with printf %s or as raw bytes.',
  },
  body_newline_lost: {
    sentence: 'A line feed at the end of the body was signed and is missing here.',
    fix: 'A shell variable or a trim dropped it: read the body as raw bytes.',
  },
  body_crlf_added: {
    sentence: 'The body here ends with CR LF that was not signed.',
    fix: 'An editor or a saved request added it: save the body as raw bytes.',
  },
  body_crlf_lost: {
    sentence: 'CR LF at the end of the body was signed and is missing here.',
    fix: 'A trim dropped it: read the body as raw bytes.',
  },
  line_endings_crlf: {
    sentence: 'The body here has CR LF where LF was signed.',
    fix: 'Copy the body in binary mode: git autocrlf, FTP text mode and Windows editors change line ends.',
  },
  line_endings_lf: {
    sentence: 'The body here has LF where CR LF was signed.',
    fix: 'Copy the body in binary mode: git autocrlf, text mode and editors change line ends.',
  },
  bom_added: {
    sentence: 'The body here starts with a byte-order mark that was not signed.',
    fix: 'Save it as UTF-8 without a byte-order mark.',
  },
  bom_removed: {
    sentence: 'A byte-order mark at the start of the body was signed and is missing here.',
    fix: `A text decoder dropped it. ${RAW}`,
  },
  json_compact: json('compactly, without spaces'),
  json_javascript: json('by JSON.parse and JSON.stringify, which also changes numbers'),
  json_python: json('as Python’s json.dumps does, with spaces and ASCII escapes'),
  json_python_utf8: json('as Python’s json.dumps(ensure_ascii=False) does, with spaces'),
  json_sorted_compact: json('compactly with sorted keys'),
  json_sorted_python: json('as Python’s json.dumps(sort_keys=True) does'),
  json_indented_2: json('indented by two spaces'),
  json_indented_4: json('indented by four spaces'),
  json_php: json('as PHP’s json_encode does, with escaped slashes'),
  json_html_safe: json('as Go and ASP.NET do, with <, > and & escaped'),
  batch_first_item: {
    sentence: 'Only the first item of the batch was signed; the body is the whole list.',
    fix: 'The sender has to sign the bytes it sends: the whole batch.',
  },
  form_reencoded: {
    sentence: 'The signature is over the same form encoded otherwise (+ or %20, other escapes).',
    fix: `A framework parsed the form and wrote it again. ${RAW}`,
  },
  body_base64: {
    sentence: 'The body is base64 on one side and the bytes themselves on the other.',
    fix: 'A gateway (AWS API Gateway: isBase64Encoded) wrapped it: decode it before the check, or sign what is sent.',
  },
  body_json_string: {
    sentence: 'The body is a JSON string that holds the body on one side, and the body itself on the other.',
    fix: 'It was serialised twice: JSON.stringify of a text that is JSON already.',
  },
  body_html_escaped: {
    sentence: 'The body has HTML entities on one side and the characters themselves on the other.',
    fix: `A template or an input filter escaped it. ${RAW}`,
  },
  body_latin1: {
    sentence: 'The body was taken for Latin-1 and encoded as UTF-8 again.',
    fix: `Decode nothing before the check. ${RAW}`,
  },
  empty_body_signed: {
    sentence: 'An empty body was signed.',
    fix: 'The sender signs before the body is there, or followed a redirect and sent a GET without it.',
  },
  empty_body_received: {
    sentence: 'The body here is empty.',
    fix: 'A redirect (301, 302, 303) turns a POST into an empty GET: register the final URL. Or the body was read before.',
  },
  secret_has_newline: {
    sentence: 'The secret here ends with a line feed that the sender’s does not have.',
    fix: SAME_SECRET,
  },
  secret_has_crlf: {sentence: 'The secret here ends with CR LF that the sender’s does not have.', fix: SAME_SECRET},
  secret_has_space: {
    sentence: 'The secret here has white space around it that the sender’s does not have.',
    fix: SAME_SECRET,
  },
  secret_has_quotes: {
    sentence: 'The secret here stands in quotes that the sender’s does not have.',
    fix: 'Take the quotes off: docker --env-file and systemd keep them.',
  },
  signer_secret_has_newline: {sentence: 'The sender’s secret ends with a line feed.', fix: SAME_SECRET},
  signer_secret_has_crlf: {sentence: 'The sender’s secret ends with CR LF.', fix: SAME_SECRET},
  signer_secret_has_space: {sentence: 'The sender’s secret has a space before or after it.', fix: SAME_SECRET},
  signer_secret_has_quotes: {
    sentence: 'The sender’s secret stands in quotes.',
    fix: 'Take the quotes off at the sender: docker --env-file and systemd keep them.',
  },
  secret_not_decoded: {
    sentence: 'The sender used the text of the secret as the key, without decoding it.',
    fix: 'The key is the base64 after whsec_, decoded: let the sender use a Standard Webhooks library.',
  },
  secret_decoded: {
    sentence: 'The sender decoded the base64 after whsec_; this scheme takes the whole text as it is.',
    fix: 'Use the whole text, whsec_ included, or verify with the scheme standard.',
  },
  secret_read_as_hex: {
    sentence: 'The sender read the secret as hex and used the bytes.',
    fix: 'Agree on one reading: this scheme does not decode hex.',
  },
  secret_read_as_base64: {
    sentence: 'The sender read the secret as base64 and used the bytes.',
    fix: 'Agree on one reading: this scheme takes the text as it is.',
  },
  secret_unicode_form: {
    sentence: 'The secret is the same to the eye, in another Unicode form (NFC or NFD).',
    fix: 'Copy it byte for byte, or choose an ASCII secret.',
  },
  secret_latin1: {
    sentence: 'The sender encoded the secret as Latin-1; it is UTF-8 here.',
    fix: 'Encode it as UTF-8 on both sides, or choose an ASCII secret.',
  },
  previous_secret: {
    sentence: 'The message was signed with the previous secret.',
    fix: 'Accept both secrets until the sender has switched.',
  },
  private_key_given: {
    sentence: 'The message was signed with this private key; a receiver checks with the public one.',
    fix: 'Configure the whpk_ key, and keep whsk_ at the sender.',
  },
  wrong_algorithm: {
    sentence: 'The digest was made with another algorithm than this check expects.',
    fix: 'Set the same algorithm on both sides.',
  },
  plain_hash: {
    sentence: 'The signature is a plain hash of secret and body, not an HMAC.',
    fix: 'Such a hash can be extended by anyone: let the sender use HMAC.',
  },
  static_secret: {
    sentence: 'The header holds the secret itself, no signature.',
    fix: 'Anyone who saw one request has the secret: replace it, and let the sender sign.',
  },
  signature_in_base64: {
    sentence: 'The signature is in base64 where hex is due.',
    fix: 'Let the sender write hex, or set the encoding to base64.',
  },
  signature_in_base64url: {
    sentence: 'The signature is in URL-safe or unpadded base64.',
    fix: 'Let the sender write what the scheme asks for: hex, or plain base64 with its padding.',
  },
  signature_in_hex: {
    sentence: 'The signature is in hex where base64 is due.',
    fix: 'Let the sender write base64, or set the encoding to hex.',
  },
  signature_spelling: {
    sentence: 'The digest is right, but it is not written as the scheme asks for.',
    fix: 'Look at separators, padding and the list: a proxy may have joined two headers.',
  },
  prefix_present: {
    sentence: 'The signature has a prefix where the scheme has none.',
    fix: 'Let the sender leave it out, or set the prefix.',
  },
  prefix_missing: {
    sentence: 'The signature lacks the prefix of the scheme.',
    fix: 'Let the sender write it, or set an empty prefix.',
  },
  wrong_prefix: {
    sentence: 'The signature has another prefix than the scheme’s.',
    fix: 'Let the sender write the scheme’s prefix.',
  },
  uppercase_hex: {
    sentence: 'The signature is in upper-case hex.',
    fix: 'It counts here; other receivers compare letter by letter: let the sender write lower case.',
  },
  other_header: {
    sentence: 'The signature stands in another header than the one the scheme reads.',
    fix: 'Let the sender use the scheme’s header, or set the header’s name.',
  },
  header_repeated: {
    sentence: 'A fitting signature is there, but its header is repeated.',
    fix: 'A proxy or a second signer added one: a message carries the header once.',
  },
  svix_headers: {
    sentence: 'The message verifies with the older header names, svix-id, svix-timestamp and svix-signature.',
    fix: 'Verify with the header prefix svix.',
  },
  wrong_scheme: {sentence: 'The message verifies in another scheme.', fix: 'Name that scheme.'},
  timestamp_not_signed: {
    sentence: 'The timestamp (or the id) is not part of what was signed.',
    fix: 'Let the sender sign id, timestamp and body as the scheme says: without it any message can be replayed.',
  },
  timestamp_signed: {
    sentence: 'The sender signed a timestamp before the body; this scheme signs the body alone.',
    fix: 'Verify with the scheme the sender really uses; hmac takes any such recipe.',
  },
  timestamp_in_milliseconds: {
    sentence: 'The timestamp is in milliseconds where seconds are due.',
    fix: 'Let the sender divide by 1000 before it signs.',
  },
  timestamp_format: {
    sentence: 'The signature fits, but the timestamp is not written as the scheme has it.',
    fix: 'Let the sender write it so; unix seconds have digits only, no sign, no fraction.',
  },
  timestamp_too_old: {
    sentence: 'The signature fits; the message is older than is allowed.',
    fix: 'A replay or a slow queue, or a clock is wrong. For an archived message give the time it was received.',
  },
  timestamp_in_future: {
    sentence: 'The signature fits; the message says it was signed in the future.',
    fix: 'A clock is wrong: check both (timedatectl, w32tm).',
  },
  other_url: {
    sentence: 'The sender signed another URL than the one that was told.',
    fix: 'Tell the URL that the sender was given, letter by letter: not the one that a proxy makes of it.',
  },
  wrong_base_string: {
    sentence: 'The sender put id and timestamp before the body in another way than the scheme does.',
    fix: 'Build the signed text exactly as the scheme says.',
  },
} as const satisfies {readonly [name: string]: Advice}

/** The stable name of a mistake. */
export type Mistake = keyof typeof MISTAKES
