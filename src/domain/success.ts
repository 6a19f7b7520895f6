import type {SuccessRule} from './policy.ts'

/**
 * Whether a receiver's status means that it took the delivery.
 *
 * `ok` is `Response.ok` of Python's requests, by which NetBox 2.x judges: anything but 400–599 (NBX-13). A 3xx counts
 * only where the rule says so: redirects are never followed.
 */
export function isSuccess(rule: SuccessRule, status: number): boolean {
  switch (rule.kind) {
    case '2xx':
      return status >= 200 && status <= 299
    case 'ok':
      return status < 400 || status > 599
    case '200':
      return status === 200
    case 'list':
      return rule.statuses.includes(status)
  }
}
