import {expect, test} from 'vitest'
import {openerFor} from '../../src/cli/browser.ts'

test.each([
  ['linux', {DISPLAY: ':0'}, ['xdg-open']],
  ['linux', {WAYLAND_DISPLAY: 'wayland-0'}, ['xdg-open']],
  ['linux', {}, null],
  ['linux', {DISPLAY: ''}, null],
  ['linux', {DISPLAY: 'localhost:10.0', SSH_CONNECTION: '10.0.0.1 22 10.0.0.2 22'}, null],
  ['freebsd', {DISPLAY: ':0'}, ['xdg-open']],
  ['darwin', {}, ['/usr/bin/open']],
  ['darwin', {SSH_CONNECTION: '10.0.0.1 22 10.0.0.2 22'}, null],
  ['win32', {SystemRoot: 'D:\\Windows'}, ['D:\\Windows\\System32\\rundll32.exe', 'url.dll,FileProtocolHandler']],
] as const)('on %s with %j a browser is opened by %j', (platform, env, expected) => {
  expect(openerFor(platform, env)).toEqual(expected)
})
