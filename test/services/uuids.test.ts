import {expect, it} from 'vitest'
import {createUuids} from '../../src/services/uuids.ts'

it('makes UUIDs of version 7, each greater than the one before', () => {
  const next = createUuids()
  const made = Array.from({length: 5000}, () => next().toString())
  for (const uuid of made) expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(made.toSorted()).toEqual(made)
  expect(new Set(made).size).toBe(5000)
})

it('begins elsewhere in each process', () => {
  const [a, b] = [createUuids(), createUuids()].map(next => next().toString().slice(14))
  expect(a).not.toBe(b)
})
