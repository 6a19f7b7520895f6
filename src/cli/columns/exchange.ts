import type {Exchange} from '../direct.ts'
import type {OneExchange} from '../one-exchange.ts'
import type {Column} from '../output/column.ts'
import {type Section, section} from '../output/print.ts'
import type {SentBody} from '../signing/send-body.ts'

const outcomeColumns: readonly Column<OneExchange>[] = [
  {key: 'success', title: 'outcome', kind: 'state', value: ({success}) => (success ? 'delivered' : 'failed')},
  {key: 'status'},
  {key: 'error'},
  {key: 'hint'},
  {key: 'durationMs', title: 'ms', value: ({durationMs}) => Math.round(durationMs)},
]

/** Of an event that was rendered as a platform would. */
export const exchangeColumns: readonly Column<Exchange>[] = [
  {key: 'platform'},
  {key: 'eventType', title: 'event'},
  ...outcomeColumns,
]

/** Of a body that was sent as it is. */
export const sentColumns: readonly Column<SentBody>[] = [{key: 'scheme'}, ...outcomeColumns]

const headerColumns = [{key: 'name'}, {key: 'value'}] as const

/** What went out and what came back. */
export const directSections = (exchange: OneExchange): readonly Section[] => {
  const {method, url, status, requestHeaders, requestBody, responseHeaders, responseBody} = exchange
  return [
    section(`Request: ${method} ${url}`, requestHeaders, headerColumns),
    {title: 'Request body', text: requestBody},
    ...(status === null ? [] : [section(`Response: ${status}`, responseHeaders, headerColumns)]),
    ...(responseBody === '' ? [] : [{title: 'Response body', text: responseBody}]),
  ]
}
