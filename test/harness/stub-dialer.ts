import {isIP, type LookupFunction, Socket} from 'node:net'

/**
 * Stands in for undici's connector, and so for every socket the transport would open: asks the look-up it was given as
 * a socket does, notes each address, and connects to none.
 *
 *     vi.mock('undici', async load => stubDialer(await load()))
 */
export const dialled: string[] = []

interface ConnectorOptions {
  readonly lookup: LookupFunction
}

type Connected = (error: Error | null, socket: Socket | null) => void

const refused = () => Object.assign(new Error('the stub connects to nothing'), {code: 'ECONNREFUSED'})

function buildConnector({lookup}: ConnectorOptions) {
  return ({hostname}: {hostname: string}, callback: Connected): Socket => {
    const bare = hostname.replace(/^\[|\]$/g, '')
    const connect = (addresses: readonly string[]) => {
      dialled.push(...addresses)
      callback(refused(), null)
    }
    if (isIP(bare) !== 0) connect([bare])
    else {
      lookup(bare, {all: true}, (error, found) => {
        if (error !== null) callback(error, null)
        else connect((found as unknown as {address: string}[]).map(({address}) => address))
      })
    }
    return new Socket()
  }
}

export const stubDialer = (undici: object): object => ({...undici, buildConnector})
