import type {Exchange} from '../direct.ts'
import type {Column} from '../output/column.ts'
import {type Section, section} from '../output/print.ts'

export const exchangeColumns: readonly Column<Exchange>[] = [
  {key: 'platform'},
  {key: 'eventType', title: 'event'},
  {key: 'success', title: 'outcome', kind: 'state', value: ({success}) => (success ? 'delivered' : 'failed')},
  {key: 'status'},
  {key: 'error'},
  {key: 'durationMs', title: 'ms', value: ({durationMs}) => Math.round(durationMs)},
]

const headerColumns = [{key: 'name'}, {key: 'value'}] as const

/** What went out and what came back. */
export const directSections = (exchange: Exchange): readonly Section[] => {
  const {method, url, status, requestHeaders, requestBody, responseHeaders, responseBody} = exchange
  return [
    section(`Request: ${method} ${url}`, requestHeaders, headerColumns),
    {title: 'Request body', text: requestBody},
    ...(status === null ? [] : [section(`Response: ${status}`, responseHeaders, headerColumns)]),
    ...(responseBody === '' ? [] : [{title: 'Response body', text: responseBody}]),
  ]
}
