import {expect, it} from 'vitest'
import type {SuccessRule} from '../../src/domain/policy.ts'
import {isSuccess} from '../../src/domain/success.ts'

const rules: [title: string, rule: SuccessRule, taken: number[], refused: number[]][] = [
  ['2xx takes 200 to 299 (NBX-16)', {kind: '2xx'}, [200, 201, 204, 299], [199, 300, 304, 400, 500, 600]],
  [
    'ok takes all but 400 to 599, as requests does (NBX-13)',
    {kind: 'ok'},
    [200, 201, 204, 300, 301, 304, 399, 600],
    [400, 404, 429, 500, 503, 599],
  ],
  ['200 takes nothing else (ENT-19)', {kind: '200'}, [200], [201, 204, 299, 301, 500]],
  ['a list takes what is on it', {kind: 'list', statuses: [202, 410]}, [202, 410], [200, 201, 409]],
]

it.each(rules)('%s', (_title, rule, taken, refused) => {
  expect(taken.filter(status => !isSuccess(rule, status))).toEqual([])
  expect(refused.filter(status => isSuccess(rule, status))).toEqual([])
})
