import {expect} from 'vitest'
import type {Input} from '../../src/api/operations.ts'
import type {Asking} from './cases.ts'

const organization = 'default'

const aSource = ({ask}: Asking, more: Partial<Input<'source.create'>> = {}) =>
  ask('source.create', {organization, name: 'netbox', platform: 'netbox', ...more})

export const sourceCases = {
  async 'source.create'(asking: Asking) {
    const {source, secret} = await aSource(asking)
    expect(source).toMatchObject({name: 'netbox', platform: 'netbox', signature: {scheme: 'netbox'}, active: true})
    expect(source.address).toBe(`/in/${source.id}`)
    expect(secret).toEqual(expect.any(String))
    const given = await aSource(asking, {name: 'given', secret: {value: 'correct horse battery staple'}})
    expect([given.secret, given.source.secrets.length]).toEqual([null, 1])
    await aSource(asking, {name: 'bare', signature: null, active: false})
    const typed = {name: 'typed', platform: 'standard', eventType: 'a.{body.type}', dedupeBy: '{body.id}'}
    expect((await aSource(asking, typed)).source).toMatchObject(typed)
    await asking.fails(
      'source.create',
      {organization, name: 'x', platform: 'netbox', eventType: 'a'},
      'event_type_unused',
    )
    await asking.fails('source.create', {organization, name: 'netbox', platform: 'netbox'}, 'source_exists')
    await asking.fails('source.create', {organization, name: 'a/b', platform: 'netbox'}, 'invalid_input')
    await asking.fails('source.create', {organization, name: 'x', platform: 'nope'}, 'unknown_platform')
    await asking.fails(
      'source.create',
      {organization, name: 'x', platform: 'netbox', contextId: 'y'},
      'unknown_context',
    )
  },
  async 'source.list'(asking: Asking) {
    for (const name of ['b', 'a']) await aSource(asking, {name})
    const first = await asking.ask('source.list', {organization, limit: 1})
    expect(first.items.map(({name}) => name)).toEqual(['a'])
    expect(await asking.ask('source.list', {organization, cursor: first.next as string})).toMatchObject({next: null})
    await asking.fails('source.list', {organization, limit: 0}, 'invalid_input')
  },
  async 'source.show'(asking: Asking) {
    const {source} = await aSource(asking)
    expect(await asking.ask('source.show', {organization, source: 'netbox'})).toEqual(source)
    expect(await asking.ask('source.show', {organization, source: source.id})).toEqual(source)
    await asking.fails('source.show', {organization, source: 'netbx'}, 'source_not_found')
  },
  async 'source.edit'(asking: Asking) {
    const {source} = await aSource(asking)
    const edited = await asking.ask('source.edit', {organization, source: 'netbox', name: 'cmdb', active: false})
    expect(edited.source).toMatchObject({id: source.id, name: 'cmdb', active: false, secrets: source.secrets})
    await asking.fails('source.edit', {organization, source: 'netbox', active: true}, 'source_not_found')
    await asking.fails('source.edit', {organization, source: 'cmdb', id: 'other'}, 'invalid_input')
  },
  async 'source.delete'(asking: Asking) {
    const {source} = await aSource(asking)
    const deleted = await asking.ask('source.delete', {organization, source: 'netbox'})
    expect(deleted).toEqual({id: source.id, name: 'netbox'})
    await asking.fails('source.delete', {organization, source: 'netbox'}, 'source_not_found')
  },
  async 'source.rotateSecret'(asking: Asking) {
    await aSource(asking, {secret: {value: 'correct horse battery staple'}})
    const {source, secret} = await asking.ask('source.rotateSecret', {organization, source: 'netbox'})
    expect([source.secrets.length, typeof secret]).toEqual([2, 'string'])
    await aSource(asking, {name: 'bare', signature: null})
    await asking.fails('source.rotateSecret', {organization, source: 'bare'}, 'source_unsigned')
  },
}
