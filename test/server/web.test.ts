import {execFile, spawnSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {promisify} from 'node:util'
import {expect, test} from 'vitest'
import {createWebSessions} from '../../src/server/web-sessions.ts'
import {type AnApp, anApp, aServer, post, requestText, statusOfAnswer} from './setup.ts'

const MINUTE = 60_000
const sessions = '/v1/web/sessions'

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it.
  readonly body: any
}

/** A server whose clock the test moves; what is asked as somebody. */
async function aDoor() {
  const clock = {now: Date.parse('2026-07-03T12:00:00Z')}
  const server = await anApp({now: () => clock.now})
  const ask = async (token: string | null, path: string, init: RequestInit = {}): Promise<Answer> => {
    const headers = {...(init.headers as object), ...(token !== null && {authorization: `Bearer ${token}`})}
    const response = await server.app.fetch(new Request(`http://127.0.0.1${path}`, {...init, headers}))
    return {status: response.status, body: await response.json()}
  }
  const code = async (token: string = server.token): Promise<string> =>
    (await ask(token, '/v1/web/codes', {method: 'POST'})).body.code
  const begin = (text: unknown) => ask(null, sessions, post({code: text}))
  return {
    clock,
    server,
    ask,
    code,
    begin,
    login: async (token?: string): Promise<string> => (await begin(await code(token))).body.token,
    status: async (token: string) => (await ask(token, '/v1/worker')).status,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

const makeToken = async (server: AnApp, input: object): Promise<string> => {
  const made = await server.ask('/v1/organizations/default/tokens', post(input))
  return ((await made.json()) as {value: string}).value
}

test('D4: a code of 256 bits opens one session, once, and within a minute', async () => {
  await using door = await aDoor()
  const first = await door.code()
  expect(Buffer.from(first, 'base64url')).toHaveLength(32)
  const {status, body} = await door.begin(first)
  expect([status, Object.keys(body)]).toEqual([201, ['token', 'expiresAt']])
  expect(await door.status(body.token)).toBe(200)
  expect(await door.begin(first)).toMatchObject({status: 401, body: {code: 'code_invalid', hint: expect.any(String)}})

  const [late, inTime] = [await door.code(), await door.code()]
  door.clock.now += MINUTE - 1
  expect(await door.begin(inTime)).toMatchObject({status: 201})
  door.clock.now += 1
  expect(await door.begin(late)).toMatchObject({status: 401, body: {code: 'code_invalid'}})
})

test('D4: a code is no token, a token no code, and nobody without a token gets a code', async () => {
  await using door = await aDoor()
  expect(await door.status(await door.code())).toBe(401)
  expect((await door.begin(door.server.token)).status).toBe(401)
  expect((await door.ask(null, '/v1/web/codes', {method: 'POST'})).status).toBe(401)
  for (const text of ['', 7, null, 'x'.repeat(201)]) expect((await door.begin(text)).status).toBe(422)
  expect((await door.ask(null, sessions, {method: 'POST'})).status).toBe(400)
  expect((await door.ask(null, sessions, post('x'.repeat(2000)))).status).toBe(413)
})

test('D4: after twenty wrong codes within a minute every code is refused until it is over', async () => {
  await using door = await aDoor()
  for (let count = 0; count < 20; count++) expect((await door.begin(`wrong-${count}`)).status).toBe(401)
  const right = await door.code()
  expect(await door.begin(right)).toMatchObject({status: 429, body: {code: 'too_many_codes'}})
  door.clock.now += MINUTE
  expect((await door.begin(await door.code())).status).toBe(201)
})

test('D4: a session lasts eight hours, one hour without a request, or until it is ended', async () => {
  await using door = await aDoor()
  const [used, silent, ended] = [await door.login(), await door.login(), await door.login()]
  expect((await door.ask(ended, sessions, {method: 'DELETE'})).status).toBe(200)
  expect(await door.status(ended)).toBe(401)
  for (let minutes = 0; minutes < 8 * 60 - 30; minutes += 30) {
    door.clock.now += 30 * MINUTE
    expect(await door.status(used)).toBe(200)
  }
  expect(await door.status(silent)).toBe(401)
  door.clock.now += 30 * MINUTE
  expect(await door.status(used)).toBe(401)
})

test('D4: a session may what its token may at that moment, ends with it, and opens no other', async () => {
  await using door = await aDoor()
  await door.server.ask('/v1/organizations/default/members', post({user: 'bob', role: 'admin'}))
  const token = await makeToken(door.server, {name: 'laptop', user: 'bob', scopes: ['read', 'admin']})
  const session = await door.login(token)
  const rights = async () => (await door.ask(session, '/v1/web/rights')).body
  const may = async (name: string) =>
    !(await rights()).refused.some(({operation}: {operation: string}) => operation === name)
  expect(await rights()).toMatchObject({name: 'bob', role: 'admin', organization: 'default'})
  expect([await may('delivery.replay'), await may('worker.enable')]).toEqual([true, false])
  await door.server.ask('/v1/organizations/default/members/bob', {...post({role: 'member'}), method: 'PATCH'})
  expect(await rights()).toMatchObject({role: 'member'})
  expect(await may('delivery.replay')).toBe(false)
  expect(await door.ask(session, '/v1/web/codes', {method: 'POST'})).toMatchObject({
    status: 403,
    body: {code: 'session_bound'},
  })
  await door.server.ask('/v1/organizations/default/tokens/laptop', {method: 'DELETE'})
  expect(await door.status(session)).toBe(401)
})

test('D4: a token that may only send events opens nothing', async () => {
  await using door = await aDoor()
  const token = await makeToken(door.server, {name: 'source', scopes: ['ingest']})
  expect(await door.ask(token, '/v1/web/codes', {method: 'POST'})).toMatchObject({
    status: 403,
    body: {code: 'scope_missing'},
  })
})

test('D4: one token keeps ten codes and fifty sessions, and pushes out nobody else', async () => {
  await using door = await aDoor()
  const other = await makeToken(door.server, {name: 'other', scopes: ['read']})
  const [otherSession, otherCode] = [await door.login(other), await door.code(other)]
  const codes = []
  for (let count = 0; count < 11; count++) codes.push(await door.code())
  expect((await door.begin(codes[0])).status).toBe(401)
  expect((await door.begin(codes[1])).status).toBe(201)
  const first = await door.login()
  for (let count = 0; count < 50; count++) await door.login()
  expect(await door.status(first)).toBe(401)
  expect(await door.status(otherSession)).toBe(200)
  expect((await door.begin(otherCode)).status).toBe(201)
})

test('D4: a code for one user of the machine is none to another, and stays good for the first', () => {
  const sessions = createWebSessions({now: () => 0, randomBytes})
  const credential = new Uint8Array(32)
  const {code} = sessions.newCode(credential, 1000)
  expect(sessions.begin(code, () => 1001)).toBeNull()
  expect(sessions.begin(code, () => null)).toBeNull()
  expect(sessions.begin(code, () => 1000)).toMatchObject({token: expect.stringMatching(/^hkt_/)})
  const anybodys = sessions.newCode(credential, null)
  expect(sessions.begin(anybodys.code, () => 1001)).toMatchObject({token: expect.any(String)})
})

const nobody = 65_534
const canBeNobody = process.platform === 'linux' && process.getuid?.() === 0 && spawnSync('curl', ['-V']).status === 0

test.skipIf(!canBeNobody)(
  `D4: what another user read in the list of processes opens nothing for them${canBeNobody ? '' : ' (skipped: needs Linux, root and curl)'}`,
  async () => {
    await using server = await aServer()
    const made = await fetch(`${server.url}/v1/web/codes`, {
      ...post({sameUser: true}),
      headers: {authorization: `Bearer ${server.token}`, 'content-type': 'application/json'},
    })
    const {code} = (await made.json()) as {code: string}
    const asked = ['-s', '-H', 'content-type: application/json', '-d', JSON.stringify({code}), server.url + sessions]
    const tried = async (uid: number) => {
      const {stdout} = await promisify(execFile)('curl', asked, {uid, cwd: '/'})
      return JSON.parse(stdout)
    }
    expect(await tried(nobody)).toMatchObject({code: 'code_invalid'})
    expect(await tried(0)).toMatchObject({token: expect.any(String)})
  },
)

test('C4: no code and no session stands in the log', async () => {
  await using door = await aDoor()
  const code = await door.code()
  const {body} = await door.begin(code)
  await door.begin(code)
  const text = JSON.stringify(door.server.lines)
  expect(text).toContain('/v1/web/sessions')
  for (const secret of [code, body.token]) expect(text).not.toContain(secret)
})

test('D3: the page of this server may use a code, a page of another origin may not', async () => {
  await using server = await aServer()
  const host = `127.0.0.1:${server.server.port}`
  const tried = async (...headers: string[]) => {
    const {code} = (await (await server.ask('/v1/web/codes', {method: 'POST'})).json()) as {code: string}
    const lines = [`Host: ${host}`, 'Content-Type: application/json', ...headers]
    return statusOfAnswer(await server.raw(requestText(`POST ${sessions} HTTP/1.1`, lines, JSON.stringify({code}))))
  }
  expect(await tried(`Origin: http://${host}`, 'Sec-Fetch-Site: same-origin')).toBe(201)
  expect(await tried(`Origin: http://localhost:${server.server.port}`)).toBe(403)
  expect(await tried('Origin: https://evil.example', 'Sec-Fetch-Site: cross-site')).toBe(403)
  expect(await tried('Origin: null')).toBe(403)
})
