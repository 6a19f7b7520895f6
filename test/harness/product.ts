import type {Input, OperationName, Output} from '../../src/api/operations.ts'
import {localTargets} from '../../src/domain/target-policy.ts'
import type {HookctlError} from '../../src/errors.ts'
import type {Caller, Deps, Targets} from '../../src/services/deps.ts'
import {invoke} from '../../src/services/invoke.ts'
import {openStore} from '../../src/store/open.ts'
import {anId, NOON} from './factories.ts'

/** Every ordinary target may be sent to, and no name is looked up. */
export const openTargets: Targets = {
  policy: localTargets,
  proxy: null,
  certificate: null,
  resolve: null,
  ownListeners: () => [],
}

/** The product over a store in memory, with a clock that only the test moves. */
export interface Product extends AsyncDisposable {
  readonly deps: Deps
  readonly clock: {now: number}
  /** Asks as the owner, or as the caller given. */
  ask<Name extends OperationName>(name: Name, input: Input<Name>, caller?: Caller): Promise<Output<Name>>
  /** Asks with input that the types would not let through. */
  askRaw(name: OperationName, input: unknown, caller?: Caller): Promise<unknown>
}

export const aCaller = (changes: Partial<Caller> = {}): Caller => ({
  actor: {kind: 'user', name: 'anna'},
  role: 'owner',
  scopes: ['read', 'ingest', 'admin'],
  via: 'cli',
  ...changes,
})

/** Close it with `await using`. */
export async function aProduct(location = 'memory:'): Promise<Product> {
  const clock = {now: NOON}
  const store = await openStore(location, {now: () => clock.now})
  let uuids = 0
  const deps: Deps = {
    store,
    now: () => clock.now,
    newId: prefix => anId(prefix),
    newUuid: () => `00000000-0000-4000-8000-${(++uuids).toString(16).padStart(12, '0')}`,
    randomBytes: length => Buffer.alloc(length, 7),
    version: '0.0.0-test',
    targets: openTargets,
  }
  return {
    deps,
    clock,
    ask: (name, input, caller = aCaller()) => invoke(deps, name, input, caller),
    askRaw: (name, input, caller = aCaller()) => invoke(deps, name, input, caller),
    [Symbol.asyncDispose]: () => store.close(),
  }
}

/** The error that a promise must end with. */
export async function refusal(promise: Promise<unknown>): Promise<HookctlError> {
  const outcome = await promise.then(
    value => ({value}),
    (error: unknown) => ({error}),
  )
  if ('error' in outcome && outcome.error instanceof Error && 'code' in outcome.error) {
    return outcome.error as HookctlError
  }
  throw new Error(`expected a refusal, got ${JSON.stringify('value' in outcome ? outcome.value : outcome.error)}`, {
    cause: 'error' in outcome ? outcome.error : undefined,
  })
}
