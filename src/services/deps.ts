import type {Scope} from '../api/operation.ts'
import type {Actor} from '../domain/event.ts'
import type {Organization, Role} from '../domain/organization.ts'
import type {Store} from '../store/store.ts'

type IdPrefix = 'wh' | 'evt' | 'dlv' | 'att' | 'hst' | 'req'

/** What every service is given: the outside world as parameters. */
export interface Deps {
  readonly store: Store
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** `prefix_` and 32 hex digits that sort by time. */
  readonly newId: (prefix: IdPrefix) => string
  /** A UUID for request ids, which NetBox's receivers expect as such. */
  readonly newUuid: () => string
  readonly randomBytes: (length: number) => Uint8Array
  readonly version: string
}

/** Who asks. In this process: the user of the operating system, as owner. Over HTTP: what the token stands for. */
export interface Caller {
  readonly actor: Actor
  readonly role: Role
  readonly scopes: readonly Scope[]
  /** Where the call comes in: becomes the `source` of events. */
  readonly via: 'api' | 'cli'
  /** Shared by all changes of this call; `invoke` makes one where there is none. */
  readonly requestId?: string
}

/** A caller as the services see it: let in, and with a request id. */
export type Asking = Caller & {readonly requestId: string}

/** An input as the services see it: the organization's slug has become the organization. */
export type Resolved<T> = T extends {organization: string}
  ? Omit<T, 'organization'> & {readonly organization: Organization}
  : T
