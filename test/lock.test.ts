import {readFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {missingEntries} from '../scripts/complete-lock.js'

test('npm ci finds every optional package in the lock, whatever machine made it', () => {
  expect(missingEntries(JSON.parse(readFileSync('package-lock.json', 'utf8')))).toEqual({})
})

test('a package for another platform that is missing beside its owner gets an entry of its version', () => {
  const lock = {
    packages: {
      '': {},
      'node_modules/tool': {
        version: '2.0.0',
        optionalDependencies: {'@tool/darwin-x64': '2.0.0', '@tool/linux-x64-musl': '2.0.0'},
      },
      'node_modules/@tool/darwin-x64': {version: '1.0.0'},
    },
  }
  expect(missingEntries(lock)).toEqual({
    'node_modules/tool/node_modules/@tool/darwin-x64': {
      version: '2.0.0',
      cpu: ['x64'],
      os: ['darwin'],
      dev: true,
      optional: true,
    },
    'node_modules/@tool/linux-x64-musl': {
      version: '2.0.0',
      cpu: ['x64'],
      libc: ['musl'],
      os: ['linux'],
      dev: true,
      optional: true,
    },
  })
})
