import {globSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {findPlatform} from '../../src/platforms/table.ts'

/** Which platform a golden body belongs to. A new fixture is one line here. */
const platformOf: Readonly<Record<string, string>> = {
  G01: 'catalyst',
  G02: 'catalyst',
  G03: 'entrypoint',
  G04: 'entrypoint',
  G05: 'netbox@2.6',
  G07: 'netbox@2.7',
  G08: 'netbox@4.6',
  G10: 'netbox@4.6',
  G12: 'nebularstack',
  G14: 'procustodibus',
  G16: 'procustodibus',
  G17: 'procustodibus',
}

const folder = path.join(import.meta.dirname, '../fixtures')
const goldens = globSync('G*.json', {cwd: folder})
  .sort()
  .map(file => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as {id: string; title: string; body: string})

test.each(goldens)('$id, $title: read and rendered again, the body is the same byte for byte', ({id, body}) => {
  const {platform, version} = findPlatform(platformOf[id] ?? `no platform for ${id}`)
  const parsed = platform.parse(Buffer.from(body), version)
  expect(Buffer.from(platform.body(parsed.events, parsed.context)).toString()).toBe(body)
  for (const event of parsed.events) expect(platform.eventType(version, event.type)).not.toBeNull()
})

test.each(goldens)('$id, $title: nothing but event fields makes the body', ({id, body}) => {
  const {platform, version} = findPlatform(platformOf[id] ?? `no platform for ${id}`)
  const {events} = platform.parse(Buffer.from(body), version)
  for (const {extra} of events) expect(extra ?? '{}').not.toMatch(/"(?:more|timestamp|username|request_id)":/)
})
