import {expect, it} from 'vitest'
import {schemeOf, verify, verifyStream} from '../../src/signature/index.ts'
import {bodyOf, SCHEMES, type Vector, vectors} from './vectors.ts'

const inputOf = (vector: Vector) => ({...vector, scheme: SCHEMES[vector.scheme]!, body: bodyOf(vector)})

it.each(vectors())('B1 B2 B3 B4 B5 B6 B8: vector $id is $reason', vector => {
  const {scheme, secrets, headers, body, now, tolerance} = inputOf(vector)
  const verdict = schemeOf(scheme).verify(secrets, headers, body, {now, tolerance})
  expect(verdict).toMatchObject({valid: vector.valid, reason: vector.reason, scheme})
  expect(verify(inputOf(vector))).toEqual(verdict)
})

it.each(vectors())('vector $id has the same verdict when its body comes in pieces', async vector => {
  const input = inputOf(vector)
  const cut = Math.ceil(input.body.length / 3)
  const body = [input.body.subarray(0, cut), input.body.subarray(cut, cut), input.body.subarray(cut)]
  expect(await verifyStream({...input, body})).toEqual(verify(input))
})

it.each(vectors().filter(vector => vector.scheme.startsWith('standard') && vector.valid))(
  'vector $id is accepted by the scheme that takes either version',
  vector => {
    expect(verify({...inputOf(vector), scheme: 'standard'})).toMatchObject({valid: true, scheme: 'standard'})
  },
)
