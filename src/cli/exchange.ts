import type {AttemptView, bytesView} from '../api/deliveries.ts'
import {type Section, section} from './output/print.ts'

type BytesView = (typeof bytesView)['_output']

/** Bytes for reading: text as it is, anything else as base64 with its size. */
export const bodySection = (title: string, {encoding, content, bytes, truncated}: BytesView): Section => ({
  title: `${title} (${bytes} bytes${encoding === 'base64' ? ', as base64' : ''}${truncated ? ', cut' : ''})`,
  text: content,
})

const headerColumns = [{key: 'name'}, {key: 'value'}] as const

/** What went out and came back in the last attempt. */
export function exchangeSections(attempt: AttemptView | undefined): readonly Section[] {
  if (attempt === undefined) return []
  const {method, url, requestHeaders, responseHeaders, responseBody, status} = attempt
  return [
    section(`Request of attempt ${attempt.number}: ${method} ${url}`, requestHeaders, headerColumns),
    ...(status === null ? [] : [section(`Response: ${status}`, responseHeaders, headerColumns)]),
    ...(responseBody.bytes === 0 ? [] : [bodySection('Response body', responseBody)]),
  ]
}
