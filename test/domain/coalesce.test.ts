import {describe, expect, test} from 'vitest'
import {coalesce} from '../../src/domain/coalesce.ts'

const site = {type: 'dcim.site', id: '7'}
const change = (name: string, state: string, more: object = {}) => ({
  type: `dcim.site.${name}`,
  object: site,
  requestId: 'r1',
  data: {state},
  ...(name === 'created' ? {} : {before: {state: `before ${state}`}}),
  ...(name === 'deleted' ? {} : {after: {state}}),
  ...more,
})

describe('T10: one event per object and request', () => {
  test('created, then updated: created with the latest data, nothing before', () => {
    const {events, indexes} = coalesce([change('created', 'a'), change('updated', 'b'), change('updated', 'c')])
    expect(events).toEqual([{...change('created', 'c')}])
    expect(indexes).toEqual([0, 0, 0])
  })
  test('updated twice: from the first state to the last', () => {
    const {events} = coalesce([change('updated', 'a'), change('updated', 'b')])
    expect(events).toEqual([{...change('updated', 'b'), before: {state: 'before a'}}])
  })
  test('T09: updated, then deleted: deleted, nothing after, and the data of before the deletion', () => {
    const deletion = {type: 'dcim.site.deleted', object: site, requestId: 'r1'}
    const {events} = coalesce([change('updated', 'a'), deletion])
    expect(events).toMatchObject([{type: 'dcim.site.deleted', data: {state: 'a'}, before: {state: 'before a'}}])
    expect(events[0]).toMatchObject({after: undefined})
    expect(coalesce([change('updated', 'a'), change('deleted', 'b')]).events[0]).toMatchObject({data: {state: 'b'}})
  })
  test('created, then deleted: deleted', () => {
    expect(coalesce([change('created', 'a'), change('deleted', 'b')]).events).toMatchObject([
      {type: 'dcim.site.deleted', data: {state: 'b'}},
    ])
  })
  test('T08: the first one keeps its place, its object and who did it', () => {
    const first = change('updated', 'a', {object: {...site, name: 'old'}, actor: {kind: 'user', name: 'anna'}})
    const other = change('created', 'x', {object: {type: 'dcim.site', id: '8'}})
    const {events, indexes} = coalesce([first, other, change('updated', 'b', {object: {...site, name: 'new'}})])
    expect(events).toMatchObject([
      {object: {name: 'old'}, actor: {name: 'anna'}, data: {state: 'b'}},
      {data: {state: 'x'}},
    ])
    expect(indexes).toEqual([0, 1, 0])
  })
  test.each([
    ['another request', change('updated', 'b', {requestId: 'r2'})],
    ['another object', change('updated', 'b', {object: {type: 'dcim.site', id: '8'}})],
    ['another type', {...change('updated', 'b'), type: 'dcim.device.updated'}],
    ['another context', change('updated', 'b', {contextId: 'x'})],
    ['no object', {type: 'dcim.site.updated', requestId: 'r1', data: {}}],
    ['no change', {...change('updated', 'b'), type: 'dcim.site.job_ended'}],
  ])('%s stays apart', (_, other) => {
    expect(coalesce([change('updated', 'a'), other]).events).toEqual([change('updated', 'a'), other])
  })
  test('what is made anew under the id of what was deleted stays apart', () => {
    const given = [change('deleted', 'a'), change('created', 'b'), change('updated', 'c')]
    expect(coalesce(given).events.map(({type}) => type)).toEqual(['dcim.site.deleted', 'dcim.site.created'])
  })
  test('nothing that was handed in is changed', () => {
    const given = [change('created', 'a'), change('updated', 'b')]
    const copy = structuredClone(given)
    coalesce(given)
    expect(given).toEqual(copy)
  })
})
