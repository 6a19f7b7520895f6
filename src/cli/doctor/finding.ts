import type {Column} from '../output/column.ts'

/** What one look found. A fix is a command where there is one; null where nothing is to be done. */
export interface Finding {
  readonly check: string
  readonly state: 'ok' | 'warning' | 'failed'
  readonly detail: string
  readonly fix: string | null
}

export const findingColumns: readonly Column<Finding>[] = [
  {key: 'check'},
  {key: 'state', kind: 'state'},
  {key: 'detail', whole: true},
  {key: 'fix', whole: true},
]

export const ok = (check: string, detail: string): Finding => ({check, state: 'ok', detail, fix: null})

export const warning = (check: string, detail: string, fix: string): Finding => ({check, state: 'warning', detail, fix})

export const failed = (check: string, detail: string, fix: string): Finding => ({check, state: 'failed', detail, fix})
