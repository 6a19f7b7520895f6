import {expect} from 'vitest'
import type {Asking} from './cases.ts'

const organization = 'default'
const elsewhere = {organization: 'nobody'}

const acme = ({ask}: Asking) => ask('org.create', {slug: 'acme', name: 'Acme é'})
const aContext = ({ask}: Asking, id = 'campus') => ask('context.create', {organization, id, name: 'Campus Süd'})
const bob = ({ask}: Asking) => ask('member.create', {organization, user: 'bob/é', email: 'bob@example.com'})
const aToken = ({ask}: Asking, name = 'ci é') => ask('token.create', {organization, name, scopes: ['ingest']})

export const organizationCases = {
  async 'org.create'(asking: Asking) {
    expect(await acme(asking)).toMatchObject({id: 2, slug: 'acme', name: 'Acme é'})
    expect(await asking.ask('org.create', {slug: 'b'})).toMatchObject({id: 3, name: 'b'})
    await asking.fails('org.create', {slug: 'acme'}, 'organization_exists')
    await asking.fails('org.create', {slug: 'Acme Inc'}, 'invalid_input')
    await asking.fails('org.create', {}, 'invalid_input')
  },
  async 'org.list'(asking: Asking) {
    await acme(asking)
    const first = await asking.ask('org.list', {limit: 1})
    expect(first.items.map(({slug}) => slug)).toEqual(['acme'])
    expect(await asking.ask('org.list', {limit: 1, cursor: first.next as string})).toMatchObject({next: null})
    await asking.fails('org.list', {cursor: 'nope'}, 'bad_cursor')
  },
  async 'org.show'(asking: Asking) {
    expect(await asking.ask('org.show', {organization})).toMatchObject({id: 1, slug: 'default'})
    await asking.fails('org.show', elsewhere, 'organization_not_found')
  },
  async 'org.edit'(asking: Asking) {
    const {id} = await acme(asking)
    expect(await asking.ask('org.edit', {organization: 'acme', slug: 'new'})).toMatchObject({id, name: 'Acme é'})
    await asking.fails('org.show', {organization: 'acme'}, 'organization_not_found')
    await asking.fails('org.edit', {organization: 'new', slug: 'default'}, 'organization_exists')
    await asking.fails('org.edit', {organization: 'new', name: ' '}, 'invalid_input')
  },
  async 'org.delete'(asking: Asking) {
    const {id} = await acme(asking)
    expect(await asking.ask('org.delete', {organization: 'acme'})).toEqual({id, slug: 'acme', cancelled: 0})
    await asking.fails('org.delete', {organization: 'acme'}, 'organization_not_found')
    await asking.fails('org.delete', {organization}, 'organization_needed')
  },
  async 'context.create'(asking: Asking) {
    expect(await aContext(asking)).toMatchObject({id: 'campus', name: 'Campus Süd', kind: 'context'})
    expect(await asking.ask('context.create', {organization, id: 'x.example', kind: 'domain'})).toMatchObject({
      name: 'x.example',
      kind: 'domain',
    })
    await asking.fails('context.create', {organization, id: 'campus'}, 'context_exists')
    await asking.fails('context.create', {organization, id: 'a/b'}, 'invalid_input')
    await asking.fails('context.create', {organization, id: 'a', kind: 'A Kind'}, 'invalid_input')
    await asking.fails('context.create', {...elsewhere, id: 'a'}, 'organization_not_found')
  },
  async 'context.list'(asking: Asking) {
    for (const id of ['b', 'a']) await aContext(asking, id)
    const first = await asking.ask('context.list', {organization, limit: 1})
    expect(first.items.map(({id}) => id)).toEqual(['a'])
    await asking.ask('context.list', {organization, limit: 1, cursor: first.next as string})
    await asking.fails('context.list', {organization, limit: 0}, 'invalid_input')
  },
  async 'context.show'(asking: Asking) {
    const context = await aContext(asking)
    expect(await asking.ask('context.show', {organization, context: 'campus'})).toEqual(context)
    await asking.fails('context.show', {organization, context: 'campsu'}, 'context_not_found')
  },
  async 'context.edit'(asking: Asking) {
    await aContext(asking)
    const edited = await asking.ask('context.edit', {organization, context: 'campus', kind: 'domain'})
    expect(edited).toMatchObject({id: 'campus', name: 'Campus Süd', kind: 'domain'})
    await asking.fails('context.edit', {organization, context: 'x', name: 'X'}, 'context_not_found')
    await asking.fails('context.edit', {organization, context: 'campus', id: 'other'}, 'invalid_input')
  },
  async 'context.delete'(asking: Asking) {
    await aContext(asking)
    const webhook = {name: 'scoped', platform: 'netbox', url: 'https://example.com/', eventTypes: ['*']}
    await asking.ask('webhook.create', {organization, contextId: 'campus', ...webhook})
    await asking.fails('context.delete', {organization, context: 'campus'}, 'context_in_use')
    await asking.ask('webhook.edit', {organization, webhook: 'scoped', contextId: null})
    expect(await asking.ask('context.delete', {organization, context: 'campus'})).toEqual({id: 'campus'})
    await asking.fails('context.delete', {organization, context: 'campus'}, 'context_not_found')
  },
  async 'member.create'(asking: Asking) {
    expect(await bob(asking)).toMatchObject({user: 'bob/é', role: 'member', email: 'bob@example.com'})
    await asking.fails('member.create', {organization, user: 'bob/é'}, 'member_exists')
    await asking.fails('member.create', {organization, user: 'x', role: 'viewer'}, 'invalid_input')
    await asking.fails('member.create', {organization, user: '..'}, 'invalid_input')
    await asking.fails('member.create', {organization, user: 'x', email: 'no address'}, 'invalid_input')
  },
  async 'member.list'(asking: Asking) {
    await bob(asking)
    expect((await asking.ask('member.list', {organization})).items).toMatchObject([{user: 'bob/é'}])
    await asking.fails('member.list', {organization, cursor: 'nope'}, 'bad_cursor')
  },
  async 'member.show'(asking: Asking) {
    const member = await bob(asking)
    expect(await asking.ask('member.show', {organization, user: 'bob/é'})).toEqual(member)
    await asking.fails('member.show', {organization, user: 'bob'}, 'member_not_found')
  },
  async 'member.edit'(asking: Asking) {
    await bob(asking)
    const question = {organization, user: 'bob/é'}
    expect(await asking.ask('member.edit', {...question, role: 'owner'})).toMatchObject({role: 'owner'})
    expect(await asking.ask('member.edit', {...question, email: null})).toMatchObject({role: 'owner', email: null})
    await asking.fails('member.edit', {...question, role: 'admin'}, 'last_owner')
    await asking.fails('member.edit', {organization, user: 'x', role: 'admin'}, 'member_not_found')
  },
  async 'member.delete'(asking: Asking) {
    await bob(asking)
    await asking.ask('token.create', {organization, name: 'his', user: 'bob/é'})
    expect(await asking.ask('member.delete', {organization, user: 'bob/é'})).toEqual({user: 'bob/é', tokens: 1})
    await asking.fails('token.show', {organization, token: 'his'}, 'token_not_found')
    await asking.fails('member.delete', {organization, user: 'bob/é'}, 'member_not_found')
  },
  async 'token.create'(asking: Asking) {
    const {token, value} = await aToken(asking)
    expect(token).toMatchObject({name: 'ci é', user: null, scopes: ['ingest'], expiresAt: null, lastUsedAt: null})
    expect(value).toMatch(/^hkt_[\w-]{49}$/)
    await asking.fails('token.create', {organization, name: 'ci é'}, 'token_exists')
    await asking.fails('token.create', {organization, name: 'x', user: 'nobody'}, 'member_not_found')
    await asking.fails('token.create', {organization, name: 'x', scopes: []}, 'invalid_input')
    await asking.fails('token.create', {organization, name: 'x', scopes: ['write']}, 'invalid_input')
    await asking.fails('token.create', {organization, name: 'x', expiresInMs: 0}, 'invalid_input')
    await asking.fails('token.create', {organization, name: `tok_${'0'.repeat(32)}`}, 'bad_name')
  },
  async 'token.list'(asking: Asking) {
    await aToken(asking)
    expect((await asking.ask('token.list', {organization})).items).toMatchObject([{name: 'ci é'}])
    await asking.fails('token.list', {organization, limit: 9999}, 'invalid_input')
  },
  async 'token.show'(asking: Asking) {
    const {token} = await aToken(asking)
    expect(await asking.ask('token.show', {organization, token: token.id})).toEqual(token)
    expect(await asking.ask('token.show', {organization, token: 'ci é'})).toEqual(token)
    await asking.fails('token.show', {organization, token: 'no'}, 'token_not_found')
  },
  async 'token.revoke'(asking: Asking) {
    const {token} = await aToken(asking)
    expect(await asking.ask('token.revoke', {organization, token: 'ci é'})).toEqual({id: token.id, name: 'ci é'})
    await asking.fails('token.revoke', {organization, token: token.id}, 'token_not_found')
  },
}
