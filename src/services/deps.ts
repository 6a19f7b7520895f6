import type {Scope} from '../api/operation.ts'
import type {Breaker} from '../domain/breaker.ts'
import type {Actor} from '../domain/event.ts'
import type {Organization, Role} from '../domain/organization.ts'
import type {Retention} from '../domain/retention.ts'
import type {TargetCertificate} from '../domain/target-certificate.ts'
import type {OwnListener, TargetPolicy} from '../domain/target-policy.ts'
import type {TargetProxy} from '../domain/target-proxy.ts'
import type {HookctlError} from '../errors.ts'
import type {DueDelivery, Store} from '../store/store.ts'
import type {Meter} from './meter.ts'

type IdPrefix = 'wh' | 'evt' | 'dlv' | 'att' | 'hst' | 'req' | 'tok' | 'rpl' | 'src'

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
  readonly targets: Targets
  /** How long what is over is kept; as usual unless given. */
  readonly retention?: Retention
  /** Requests on their way per webhook, where this process is the one that sends. */
  readonly inFlight?: () => ReadonlyMap<string, number>
  /** Breakers that are not closed, by webhook, where this process is the one that sends. */
  readonly breakers?: () => ReadonlyMap<string, Breaker>
  /** Takes what was just accepted and is due, where this process is the one that sends: the store need not be asked for it. */
  readonly offer?: (due: readonly DueDelivery[]) => void
  /** Why nothing more is accepted at the moment, or null; absent: there is no limit. */
  readonly overload?: () => Promise<HookctlError | null>
  /** Counts what happens in this process, where somebody may ask for it. */
  readonly meter?: Meter
  /** Opens the status page, where this process is the one that serves it. */
  readonly web?: WebCodes
}

export interface WebCodes {
  /**
   * A code that begins one session of the status page, with the rights of the credential.
   *
   * @param credential as of `Caller`
   * @param user the only user of this machine whose browser may use it; null: whoever has it
   */
  newCode(credential: Uint8Array, user: number | null): {readonly code: string; readonly expiresAt: number}
}

/** Where this instance may send, so that a webhook that it would never deliver to is refused before it is saved. */
export interface Targets {
  readonly policy: TargetPolicy
  /** What deliveries go through, or null. */
  readonly proxy: TargetProxy | null
  /** What is shown to the targets it names, or null. */
  readonly certificate: TargetCertificate | null
  /**
   * The addresses of a name; none where there is no such name. A rejection, or null in its place, says nothing about it.
   * For an early answer only: what is dialled is judged again, at the address of that moment.
   */
  readonly resolve: ((hostname: string) => Promise<readonly string[]>) | null
  /** The sockets hookctl listens on at this moment, on every address of theirs. */
  readonly ownListeners: () => readonly OwnListener[]
}

/** Who asks. In this process: the user of the operating system, as owner. Over HTTP: what the token stands for. */
export interface Caller {
  readonly actor: Actor
  readonly role: Role
  readonly scopes: readonly Scope[]
  /** The one organization it may know of; absent: every one. */
  readonly organizationId?: number
  /** Where the call comes in: becomes the `source` of events. */
  readonly via: 'api' | 'cli' | `inbound:${string}`
  /** How many deliveries of hookctl brought the request here; absent: none. */
  readonly hops?: number
  /** The SHA-256 of the token it was known by; absent in this process, and for a session of the status page. */
  readonly credential?: Uint8Array
  /** The user of this machine whose process asks, or null where the system does not tell; absent in this process. */
  readonly peerUser?: () => number | null
  /** Shared by all changes of this call; `invoke` makes one where there is none. */
  readonly requestId?: string
}

/** A caller as the services see it: let in, and with a request id. */
export type Asking = Caller & {readonly requestId: string}

/** An input as the services see it: the organization's slug has become the organization. */
export type Resolved<T> = T extends {organization: string}
  ? Omit<T, 'organization'> & {readonly organization: Organization}
  : T
