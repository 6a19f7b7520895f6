import {authenticateDigest} from '../services/authenticate.ts'
import type {Deps} from '../services/deps.ts'
import {greetSender, receiveInbound} from '../services/inbound.ts'
import {beginStream, invoke, invokeStream} from '../services/invoke.ts'
import {showMetrics} from '../services/metrics.ts'
import type {AppOptions} from './app.ts'
import type {Auth} from './auth.ts'

/** What the app asks, answered by the services. */
export const fromServices = (
  deps: Deps,
): Pick<AppOptions, 'invoke' | 'receive' | 'greet' | 'stream' | 'metrics' | 'version' | 'newUuid'> => ({
  version: deps.version,
  newUuid: deps.newUuid,
  invoke: (name, input, caller) => invoke(deps, name, input, caller),
  receive: request => receiveInbound(deps, request),
  greet: (source, query) => greetSender(deps, source, query),
  metrics: caller => showMetrics(deps, caller),
  stream: {
    begin: (question, caller) => beginStream(deps, question, caller),
    follow: (question, caller, signal) => invokeStream(deps, question, caller, signal),
  },
})

/** The tokens that the store knows. */
export const storedAuth = (deps: Pick<Deps, 'store' | 'now'>): Auth => ({
  byDigest: digest => authenticateDigest(deps, digest),
})
