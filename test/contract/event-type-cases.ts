import {expect} from 'vitest'
import type {Input} from '../../src/api/operations.ts'
import type {Asking} from './cases.ts'

const organization = 'default'
const schema = {type: 'object', required: ['total'], properties: {total: {type: 'number'}}}

const anOrder = ({ask}: Asking, more: Partial<Input<'eventType.create'>> = {}) =>
  ask('eventType.create', {organization, name: 'order.created', schema, example: {total: 12.5}, ...more})

export const eventTypeCases = {
  async 'eventType.create'(asking: Asking) {
    const type = await anOrder(asking, {summary: 'An order was placed'})
    expect(type).toMatchObject({name: 'order.created', summary: 'An order was placed', schema, onMismatch: 'refuse'})
    const bare = await asking.ask('eventType.create', {organization, name: 'bare', onMismatch: 'warn'})
    expect(bare).toMatchObject({summary: '', schema: null, example: null, onMismatch: 'warn'})
    await asking.fails('eventType.create', {organization, name: 'bare'}, 'event_type_exists')
    await asking.fails('eventType.create', {organization, name: 'order.*'}, 'bad_event_type')
    await asking.fails('eventType.create', {organization, name: 'site.created'}, 'bad_event_type')
    await asking.fails('eventType.create', {organization, name: 'x', schema: {typ: 'object'}}, 'bad_schema')
    await asking.fails('eventType.create', {organization, name: 'x', schema, example: {}}, 'data_mismatch')
    await asking.fails('eventType.create', {organization, name: 'x', onMismatch: 'ignore'}, 'invalid_input')
  },
  async 'eventType.list'(asking: Asking) {
    for (const name of ['b', 'a']) await anOrder(asking, {name})
    const first = await asking.ask('eventType.list', {organization, limit: 1})
    expect(first.items.map(({name}) => name)).toEqual(['a'])
    const rest = await asking.ask('eventType.list', {organization, cursor: first.next as string})
    expect(rest).toMatchObject({items: [{name: 'b'}], next: null})
    await asking.fails('eventType.list', {organization, limit: 0}, 'invalid_input')
  },
  async 'eventType.show'(asking: Asking) {
    const type = await anOrder(asking)
    expect(await asking.ask('eventType.show', {organization, eventType: 'order.created'})).toEqual(type)
    await asking.fails('eventType.show', {organization, eventType: 'order.crated'}, 'event_type_not_found')
  },
  async 'eventType.edit'(asking: Asking) {
    await anOrder(asking)
    const one = {organization, eventType: 'order.created'}
    const edited = await asking.ask('eventType.edit', {...one, schema: null, onMismatch: 'warn'})
    expect(edited).toMatchObject({schema: null, example: {total: 12.5}, onMismatch: 'warn'})
    await asking.fails('eventType.edit', {...one, schema: {required: ['id']}}, 'data_mismatch')
    await asking.fails('eventType.edit', {...one, name: 'other'}, 'invalid_input')
    await asking.fails('eventType.edit', {organization, eventType: 'x', summary: 'X'}, 'event_type_not_found')
  },
  async 'eventType.delete'(asking: Asking) {
    await anOrder(asking)
    const one = {organization, eventType: 'order.created'}
    expect(await asking.ask('eventType.delete', one)).toEqual({name: 'order.created'})
    await asking.fails('eventType.delete', one, 'event_type_not_found')
  },
  async 'eventType.check'(asking: Asking) {
    await anOrder(asking)
    await asking.ask('event.send', {organization, type: 'order.created', data: {total: 1}})
    const one = {organization, eventType: 'order.created'}
    expect(await asking.ask('eventType.check', one)).toEqual({checked: 1, fits: 1, misfits: []})
    const stricter = await asking.ask('eventType.check', {...one, schema: {required: ['id']}})
    expect(stricter).toMatchObject({checked: 1, fits: 0, misfits: [{problems: ["must have required property 'id'"]}]})
    expect(await asking.ask('eventType.check', {...one, data: {}})).toMatchObject({
      fits: 0,
      misfits: [{eventId: null, acceptedAt: null}],
    })
    await asking.fails('eventType.check', {...one, schema: 1}, 'bad_schema')
    await asking.fails('eventType.check', {...one, schema: null}, 'no_schema')
    await asking.fails('eventType.check', {organization, eventType: 'x'}, 'event_type_not_found')
  },
}
