import {describe, expect, test} from 'vitest'
import {findPlatform, platformId, platforms, platformsThatSpeak} from '../../src/platforms/table.ts'
import {aWebhook} from './an-event.ts'

test('a platform is found by name, and by name and version', () => {
  expect(platformId(findPlatform('netbox'))).toBe('netbox@4.6')
  expect(platformId(findPlatform('netbox@2.6'))).toBe('netbox@2.6')
  expect(findPlatform('nebularstack').version).toBe('1')
})

test.each([
  [
    'netbx',
    'unknown_platform',
    'did you mean netbox? platforms: catalyst, entrypoint, nebularstack, netbox, procustodibus, standard',
  ],
  ['', 'unknown_platform', 'platforms: catalyst, entrypoint, nebularstack, netbox, procustodibus, standard'],
  ['NetBox', 'unknown_platform', expect.stringContaining('netbox')],
  ['netbox@2.5', 'unknown_platform_version', 'there is netbox@2.6, netbox@2.7, netbox@3.6, netbox@4.6, netbox@4.7'],
  ['netbox@', 'unknown_platform_version', expect.stringContaining('netbox@4.7')],
  ['netbox@2.6@2.6', 'unknown_platform_version', expect.stringContaining('netbox@4.7')],
  ['constructor', 'unknown_platform', expect.stringContaining('platforms: catalyst')],
])('%j is refused with what there is', (name, code, hint) => {
  expect(() => findPlatform(name)).toThrow(expect.objectContaining({kind: 'usage', code, hint, path: 'platform'}))
})

test('an event type finds the platforms that speak of it, the one whose own it is first', () => {
  const names = (type: string) => platformsThatSpeak(type).map(platformId)
  expect(names('node.added')).toEqual(['catalyst@1', 'standard@1'])
  expect(names('dcim.site.created')).toEqual(['netbox@4.6', 'standard@1'])
  expect(names('secrets.secret.created')).toEqual(['netbox@2.6', 'standard@1'])
  expect(names('radius-accounting.subscriber-usage-meter-triggered')).toEqual(['nebularstack@2', 'standard@1'])
  expect(names('log_authn')).toEqual(['procustodibus@1', 'standard@1'])
  expect(names('my.own.thing')).toEqual(['standard@1'])
  expect(names('no type')).toEqual([])
})

describe.each(
  platforms.flatMap(platform =>
    platform.versions.map(version => ({name: `${platform.name}@${version}`, platform, version})),
  ),
)('$name keeps the house rules', ({name, platform, version}) => {
  test('its own preset makes a webhook that it takes', () => {
    expect(platform.check(aWebhook(name), version)).toEqual([])
    expect(platform.versions).toContain(platform.defaultVersion)
    expect(platform.modes).toContain(platform.preset(version).mode)
  })

  test('no two platforms have an event type of the same name, but for the one that speaks of all', () => {
    for (const type of platform.eventTypes(version)) {
      const others = platformsThatSpeak(type.name).filter(
        each => each.platform !== platform && each.platform.name !== 'standard',
      )
      expect(others, type.name).toEqual([])
      expect(platform.acceptsPattern(version, type.name)).toBe(true)
      expect(type.summary).toMatch(/^[^A-Z].*[^.]$/s)
      expect(type.example.type).toBe(type.name)
      for (const text of [type.example.data, type.example.before, type.example.after, type.example.extra])
        JSON.parse(text ?? 'null')
    }
  })

  test('everything wrong with a webhook is said at once', () => {
    const found = platform.check(
      aWebhook(name, {
        url: 'x',
        eventTypes: [],
        headers: [['Host', 'x']],
        contentType: 'json',
        secrets: [{value: '', createdAt: 0, expiresAt: null}],
      }),
      version,
    )
    expect(found.map(({code}) => code)).toEqual(
      expect.arrayContaining([
        ...['bad_scheme', 'reserved_header', 'bad_content_type', 'bad_secret'],
        // Where the form asks for them later, none yet is no fault.
        ...(platform.asksUrlLater ? [] : ['no_event_types']),
      ]),
    )
  })
})
