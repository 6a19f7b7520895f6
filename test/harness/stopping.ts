import {once} from 'node:events'
import http from 'node:http'
import type {Receiver} from './receiver.ts'
import {post, type Served} from './served.ts'

const organization = '/v1/organizations/default'

/** A webhook for each URL, each owed one delivery; resolves when all of these are in flight. */
export async function putInFlight(served: Served, receivers: readonly Receiver[], each: number): Promise<void> {
  const agent = new http.Agent({keepAlive: true})
  const ask = async (resource: string, body: object) => {
    const answer = await post(served, agent, `${organization}/${resource}`, body)
    if (answer.status >= 300) throw new Error(answer.body)
  }
  for (const [at, receiver] of receivers.entries()) {
    for (let index = 0; index < each; index++) {
      const webhook = {name: `w${at}-${index}`, platform: 'catalyst', url: receiver.url, eventTypes: ['node.added']}
      await ask('webhooks', {...webhook, policies: {allowHttp: true, timeoutMs: 60_000, retry: {kind: 'manual'}}})
    }
  }
  await ask('events', {type: 'node.added', data: {name: 'edge-7', nebula_ip: '10.42.0.7'}})
  await Promise.all(receivers.map(receiver => receiver.received(each)))
  agent.destroy()
}

/** How long it takes to end, in milliseconds, and how it ends. */
export async function stopped(served: Served, signal: NodeJS.Signals): Promise<{tookMs: number; code: number | null}> {
  const began = performance.now()
  const ended = once(served.child, 'exit')
  served.child.kill(signal)
  const [code] = (await ended) as [number | null]
  return {tookMs: performance.now() - began, code}
}
