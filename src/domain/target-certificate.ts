import type {TargetRule} from './target-policy.ts'

/**
 * A certificate that this machine shows to targets that ask for one (mutual TLS). The instance has it and no webhook: who
 * may set up a webhook could show it to a receiver of their own choice.
 */
export interface TargetCertificate {
  /** In PEM, with the certificates that vouch for it. */
  readonly certFile: string
  /** In PEM, without a password; the same file where both stand in one. */
  readonly keyFile: string
  /** To whom it is shown. */
  readonly to: readonly TargetRule[]
}
