import {chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {type Home, run, startCli, temporaryHome} from '../harness/cli.ts'

/** A server of this home. */
async function aServer(home: Home) {
  const server = startCli(['serve', '--listen', '127.0.0.1:0', '--json'], {home})
  const {url} = JSON.parse(await server.waitFor(/\n/)) as {url: string}
  return {url, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]()}
}

/** A desktop whose browser is a script: it writes down what it was given. */
function aDesktop(home: Home, script: string) {
  const bin = path.join(home.path, 'bin')
  const seen = path.join(home.path, 'seen')
  mkdirSync(bin)
  writeFileSync(path.join(bin, 'xdg-open'), `#!/bin/sh\n${script.replaceAll('SEEN', `'${seen}'`)}\n`)
  chmodSync(path.join(bin, 'xdg-open'), 0o755)
  return {
    env: {DISPLAY: ':99', PATH: `${bin}:/usr/bin:/bin`},
    seen: () => (existsSync(seen) ? readFileSync(seen, 'utf8') : null),
  }
}

const begin = async (address: string) => {
  const {origin, hash} = new URL(address)
  const body = JSON.stringify({code: hash.replace('#code=', '')})
  return fetch(`${origin}/v1/web/sessions`, {method: 'POST', headers: {'content-type': 'application/json'}, body})
}

test('where there is no display the address is printed, with a code that works', async () => {
  await using home = temporaryHome()
  await using server = await aServer(home)
  const result = await run(['web'], {home})
  expect([result.exitCode, result.stderr]).toEqual([0, 'the address works once, within a minute\n'])
  expect(result.stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]{43}\n$/)
  expect(result.stdout).toContain(`${server.url}/#`)
  expect((await run(['web', '-q'], {home})).stdout).toMatch(/#code=[\w-]{43}\n$/)
  expect((await begin(result.stdout.trim())).status).toBe(201)
  expect((await begin(result.stdout.trim())).status).toBe(401)
})

test('on a desktop the browser gets the address as one argument, and the terminal does not show the code', async () => {
  await using home = temporaryHome()
  await using server = await aServer(home)
  const desktop = aDesktop(home, 'printf "%s|" "$#" "$1" > SEEN')
  const result = await run(['web', '--json'], {home, env: desktop.env})
  expect(result.json()).toEqual({url: `${server.url}/`, opened: true, expiresAt: expect.stringMatching(/Z$/)})
  expect(desktop.seen()).toMatch(/^1\|http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]{43}\|$/)
  const told = await run(['web'], {home, env: desktop.env})
  expect(told.stdout).toBe(`opened ${server.url}/ in your browser\n`)
})

test('--no-open prints the address on a desktop too, and so does a browser that does not start', async () => {
  await using home = temporaryHome()
  await using _ = await aServer(home)
  const desktop = aDesktop(home, 'echo > SEEN; exit 3')
  const printed = /^http:\S+#code=[\w-]{43}\n$/
  expect((await run(['web', '--no-open'], {home, env: desktop.env})).stdout).toMatch(printed)
  expect(desktop.seen()).toBeNull()
  expect((await run(['web'], {home, env: desktop.env})).stdout).toMatch(printed)
  expect(desktop.seen()).toBe('\n')
  const missing = await run(['web'], {home, env: {DISPLAY: ':99', PATH: '/nowhere'}})
  expect(missing.stdout).toMatch(printed)
})

test('without a server it says how to start one', async () => {
  const result = await run(['web', '--json'])
  expect(result.exitCode).toBe(6)
  expect(result.error()).toMatchObject({code: 'no_server', hint: 'start one first: hookctl serve'})
})
