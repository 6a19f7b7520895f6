import type {Header, RawRequest} from '../../receiver/raw-http.ts'
import {type Receiver, startReceiver} from '../../receiver/receiver.ts'

export interface Arrival extends RawRequest {
  /** The platform whose webhook sent it: the first part of the path. */
  readonly platform: string
  readonly status: number
}

export interface DemoReceiver extends Receiver {
  readonly arrivals: readonly Arrival[]
}

const nothing: readonly Header[] = []

/** A real receiver that refuses the first request of each platform in `refuses`, and takes everything else. */
export async function startDemoReceiver(refuses: Readonly<Record<string, number>>): Promise<DemoReceiver> {
  const arrivals: Arrival[] = []
  const receiver = await startReceiver({
    port: 0,
    respond(request) {
      const platform = request.target.split('/')[1] ?? ''
      const isFirst = !arrivals.some(arrival => arrival.platform === platform)
      const status = isFirst ? (refuses[platform] ?? 204) : 204
      arrivals.push({...request, platform, status})
      const body = status === 204 ? '' : 'the database is down\n'
      return {status, headers: nothing, body: Buffer.from(body)}
    },
  })
  return {...receiver, arrivals}
}
