import {parseInput} from '../api/parse.ts'
import {type SessionView, sessionInput} from '../api/web.ts'
import {HookctlError, notAllowedError, usageError} from '../errors.ts'
import type {Reply} from './answer.ts'
import {digestOf} from './auth.ts'
import {bodyKind, readBytes} from './body.ts'
import type {AskedRequest} from './head.ts'
import {decodeText, readJson} from './json-text.ts'
import {Refused} from './refused.ts'
import type {WebSessions} from './web-sessions.ts'

/** A code is 43 characters. */
const longestBody = 1024

/** `POST /v1/web/sessions`: a code for a session, without a token: the code says who asks. */
export async function beginSession(
  web: WebSessions | undefined,
  request: AskedRequest,
  user: () => number | null,
): Promise<Reply> {
  if (bodyKind(request) !== 'json') throw new Refused(400, usageError('code_missing', 'the body holds no code'))
  const {code} = parseInput(sessionInput, readJson(decodeText(await readBytes(request, longestBody)), 'the body'))
  const session = web?.begin(code, user) ?? null
  if (session === 'too_many') throw tooMany
  if (session === null) throw unknownCode
  const view: SessionView = {token: session.token, expiresAt: new Date(session.expiresAt).toISOString()}
  return {status: 201, body: JSON.stringify(view)}
}

/** `DELETE /v1/web/sessions`: ends the session that asks. A token that is none is left as it is. */
export function endSession(web: WebSessions | undefined, authorization: string | null): Reply {
  const digest = digestOf(authorization)
  if (digest !== null) web?.end(digest)
  return {body: '{}'}
}

const unknownCode = new Refused(
  401,
  notAllowedError(
    'code_invalid',
    'this code is not valid: one works once, within a minute, at the server it came from',
    {
      hint: 'hookctl web makes a new one',
    },
  ),
  {'www-authenticate': 'Bearer realm="hookctl"'},
)

const tooMany = new Refused(
  429,
  new HookctlError('overloaded', 'too_many_codes', 'too many wrong codes within a minute', {
    hint: 'wait a minute, then make a new one: hookctl web',
  }),
  {'retry-after': '60'},
)
