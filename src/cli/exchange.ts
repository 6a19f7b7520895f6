import type {AttemptView, bytesView} from '../api/deliveries.ts'
import {attemptColumns} from './columns/delivery.ts'
import {show} from './escape.ts'
import {type Section, section} from './output/print.ts'

type BytesView = ReturnType<typeof bytesView>['_output']

/** Bytes for reading: text as it is, anything else as base64 with its size. */
export const bodySection = (title: string, {encoding, content, bytes, truncated}: BytesView): Section => ({
  title: `${title} (${bytes} bytes${encoding === 'base64' ? ', as base64' : ''}${truncated ? ', cut' : ''})`,
  text: content,
})

const headerColumns = [{key: 'name'}, {key: 'value'}] as const

/** The attempts, and below them whole, because a table cuts it, why the last one failed and what to do. */
export function attemptSections(attempts: readonly AttemptView[]): readonly Section[] {
  const table = section('Attempts', attempts, attemptColumns)
  const last = attempts.at(-1)
  if (last === undefined || last.error === null) return [table]
  const lines = [show(last.error), ...(last.hint === null ? [] : [`→ ${show(last.hint)}`])]
  return [table, {title: `Error of attempt ${last.number}`, text: lines.join('\n')}]
}

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

const whyGone = {
  pruned: '(no longer kept: past the age of retention.bodies)',
  expunged: '(taken away for good: hookctl history list says by whom)',
} as const

/** In the place of what is no longer kept; nothing where it is. */
export const goneSection = (title: string, gone: keyof typeof whyGone | null): readonly Section[] =>
  gone === null ? [] : [{title, text: whyGone[gone]}]
