import {expect} from 'vitest'
import type {Asking} from './cases.ts'

const organization = 'default'
const elsewhere = {organization: 'nobody'}

const declaration = {
  contexts: [{id: 'campus', name: 'Campus Süd'}],
  members: [{user: 'bob/é', role: 'admin' as const}],
  webhooks: [
    {
      name: 'to/the receiver é',
      platform: 'catalyst',
      url: 'https://example.com/hook?token=pass-word-1',
      eventTypes: ['node.*'],
      contextId: 'campus',
      headers: [{name: 'Authorization', value: 'Bearer correct horse'}],
      secret: {value: 'correct horse battery staple'},
    },
  ],
}

export const declarationCases = {
  async 'declaration.plan'({ask, fails}: Asking) {
    const plan = await ask('declaration.plan', {organization, declaration})
    expect(plan.changes.map(({action, kind, name}) => [action, kind, name])).toEqual([
      ['create', 'context', 'campus'],
      ['create', 'member', 'bob/é'],
      ['create', 'webhook', 'to/the receiver é'],
    ])
    expect(JSON.stringify(plan)).not.toMatch(/correct horse|pass-word/)
    expect((await ask('context.list', {organization})).items).toEqual([])
    await fails('declaration.plan', {...elsewhere, declaration}, 'organization_not_found')
    await fails('declaration.plan', {organization, declaration: {webhook: []}}, 'invalid_input')
    const [webhook] = declaration.webhooks
    await fails('declaration.plan', {organization, declaration: {webhooks: [webhook]}}, 'unknown_context')
    await fails('declaration.plan', {organization, declaration: {webhooks: [webhook, webhook]}}, 'declared_twice')
  },
  async 'declaration.apply'({ask, fails}: Asking) {
    const {digest} = await ask('declaration.plan', {organization, declaration})
    await fails('declaration.apply', {organization, declaration, plan: 'another'}, 'plan_changed')
    const applied = await ask('declaration.apply', {organization, declaration, plan: digest})
    expect(applied).toMatchObject({unchanged: 0, digest})
    const again = await ask('declaration.apply', {organization, declaration})
    expect(again).toMatchObject({changes: [], unchanged: 3, undeclared: []})
    const none = {contexts: [], webhooks: []}
    const left = await ask('declaration.plan', {organization, declaration: none})
    expect(left.undeclared).toEqual([
      {kind: 'context', name: 'campus'},
      {kind: 'webhook', name: 'to/the receiver é'},
    ])
    const pruned = await ask('declaration.apply', {organization, declaration: none, prune: true})
    expect(pruned.changes.map(({action, name}) => [action, name])).toEqual([
      ['delete', 'campus'],
      ['delete', 'to/the receiver é'],
    ])
    expect((await ask('member.list', {organization})).items).toHaveLength(1)
  },
  async 'declaration.export'({ask, fails}: Asking) {
    await ask('declaration.apply', {organization, declaration})
    const exported = await ask('declaration.export', {organization})
    expect(exported.masked).toEqual(['webhooks/0/url', 'webhooks/0/secret', 'webhooks/0/headers/0/value'])
    expect(JSON.stringify(exported)).not.toMatch(/correct horse|pass-word/)
    await fails('declaration.export', elsewhere, 'organization_not_found')
  },
}
