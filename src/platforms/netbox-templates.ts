import {checkHeaders} from '../domain/headers.ts'
import type {Problem, RequestTarget} from '../domain/platform.ts'
import {checkUrl} from '../domain/url.ts'
import type {Header, Webhook} from '../domain/webhook.ts'
import {problem} from './shared/check.ts'
import {renderFailed} from './shared/members.ts'
import {isTemplate} from './shared/url-template.ts'
import {compile} from './templates/compile.ts'
import {renderTemplate} from './templates/engine.ts'
import {TemplateFault} from './templates/fault.ts'
import type {Members} from './templates/read.ts'

/**
 * Templates of a NetBox webhook: of its body (`settings.bodyTemplate`), its header lines (`settings.headerLines`, like
 * NetBox's additional headers), its headers' values and its URL.
 */
type Templated = Pick<Webhook, 'url' | 'headers' | 'settings'>

/** NetBox sets its signature after the additional headers: it takes their place, and without a secret theirs goes out. */
const GIVEN = ['x-hook-signature']

export const hasTarget = ({url, headers, settings}: Templated): boolean =>
  settings.headerLines !== undefined ||
  (url !== null && isTemplate(url)) ||
  headers.some(([, value]) => isTemplate(value))

/** @throws HookctlError `render_failed` */
export function renderText(what: string, template: unknown, values: Members, oneLine = false): string {
  try {
    return renderTemplate(String(template), values, oneLine)
  } catch (error) {
    if (error instanceof TemplateFault) throw renderFailed(`the template of ${what} fails: ${error.message}`)
    throw error
  }
}

/** @throws HookctlError `render_failed` */
export function renderTarget(webhook: Templated, values: () => Members): RequestTarget | null {
  if (!hasTarget(webhook)) return null
  const context = values()
  const given = webhook.headers.map(
    ([name, value]): Header =>
      isTemplate(value) ? [name, renderText(`the header ${name}`, value, context, true).trim()] : [name, value],
  )
  const {headers, warnings} = renderLines(webhook.settings.headerLines, context)
  const all = [...given, ...headers]
  const [wrong] = checkHeaders(all, [], GIVEN)
  if (wrong !== undefined) throw renderFailed(`a template gave headers that cannot be sent: ${wrong.message}`)
  return {url: renderUrl(webhook.url, context), headers: all, warnings}
}

/** Split at the first colon only (NetBox #6082); empty lines are skipped, lines without a colon too, with a warning (#9721). */
function renderLines(lines: unknown, context: Members): {headers: Header[]; warnings: string[]} {
  if (typeof lines !== 'string') return {headers: [], warnings: []}
  return splitLines(renderText('the header lines', lines, context, true))
}

function splitLines(text: string): {headers: Header[]; warnings: string[]} {
  const headers: Header[] = []
  const warnings: string[] = []
  for (const [index, line] of text.split(/\r?\n|\r/).entries()) {
    const colon = line.indexOf(':')
    if (colon >= 0) headers.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()])
    // Its text may be a credential: NetBox users have put tokens on a line of their own.
    else if (line.trim() !== '')
      warnings.push(`line ${index + 1} of the rendered header lines has no ":" and is left out`)
  }
  return {headers, warnings}
}

function renderUrl(url: string | null, context: Members): string {
  if (url === null || !isTemplate(url)) return url ?? ''
  const verdict = checkUrl(renderText('the URL', url, context, true).trim())
  if (verdict.ok) return verdict.canonical
  throw renderFailed(`the URL template gave what cannot be sent to: ${verdict.message}`, verdict.hint)
}

/** Everything wrong with the templates of a webhook, before anything is rendered. */
export function checkTemplates({url, headers, settings}: Templated): Problem[] {
  const {bodyTemplate, headerLines} = settings
  return [
    ...(url !== null && isTemplate(url) ? checkTemplate(url, 'url', 'bad_url_template', 'the URL') : []),
    ...headers.flatMap(([name, value], index) =>
      isTemplate(value) ? checkTemplate(value, `headers/${index}/value`, 'bad_template', `the header ${name}`) : [],
    ),
    ...checkTemplate(bodyTemplate, 'settings/bodyTemplate', 'bad_template', 'the body'),
    ...checkTemplate(headerLines, 'settings/headerLines', 'bad_template', 'the header lines'),
    ...checkLines(headerLines),
  ]
}

/** What no rendering can make right: header lines whose name, or name and value, stand there without a tag. */
function checkLines(lines: unknown): Problem[] {
  if (typeof lines !== 'string') return []
  const plain = lines.replace(/\{#.*?#\}/gs, '').replace(/\{\{.*?\}\}|\{%.*?%\}/gs, TAG)
  const named = splitLines(plain).headers.filter(([name]) => !name.includes(TAG))
  const literal = named.map(([name, value]): Header => [name, value.includes(TAG) ? '' : value])
  return checkHeaders(literal, [], GIVEN).map(({code, message, hint}) =>
    problem('settings/headerLines', code, message, hint),
  )
}

/** Stands for a tag while lines are looked at: no header can hold it. */
const TAG = '\0'

function checkTemplate(template: unknown, path: string, code: string, what: string): Problem[] {
  if (template === undefined || template === null) return []
  if (typeof template !== 'string') return [problem(path, code, `the template of ${what} is a text`)]
  try {
    compile(template)
    return []
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error
    return [problem(path, code, `in the template of ${what}: ${error.message}`, 'see docs/netbox.md for the language')]
  }
}
