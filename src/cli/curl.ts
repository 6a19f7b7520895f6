import type {AttemptView, bytesView} from '../api/deliveries.ts'
import {MASK} from '../domain/mask.ts'
import {showBody} from './escape.ts'

type BytesView = ReturnType<typeof bytesView>['_output']
type Header = AttemptView['requestHeaders'][number]

export interface CurlRequest {
  readonly method: string
  /** With what was masked in it. */
  readonly url: string
  readonly headers: readonly Header[]
  readonly body: BytesView
}

export interface CurlCommand {
  /** For a POSIX shell. */
  readonly command: string
  /** Variables that stand for what is kept nowhere: credentials of headers and URL. The shell refuses to run without them. */
  readonly variables: readonly string[]
}

/** Longer arguments are refused by some systems. */
const LONGEST_ARGUMENT = 100_000

/**
 * The request as a command line of curl: the same method, URL, headers and bytes. What is masked in the record became a
 * variable, so that it is filled in by who knows it and never by chance sent as asterisks.
 */
export function curlCommand({method, url, headers, body}: CurlRequest): CurlCommand {
  const variables = new Set<string>()
  const hasType = headers.some(({name}) => name.toLowerCase() === 'content-type')
  const lines = [
    `--request ${method} ${urlWord(url, variables)}`,
    ...headers.map(header => `--header ${headerWord(header, variables)}`),
    // What curl would send by itself and hookctl did not.
    ...['Accept', ...(hasType ? [] : ['Content-Type'])].map(name => `--header '${name}:'`),
  ]
  const isText = body.encoding === 'utf8' && body.content.length <= LONGEST_ARGUMENT && isPlain(body.content)
  const data = isText ? `--data-raw ${quoted(body.content)}` : '--data-binary @-'
  const curl = ['curl --include --globoff', ...lines, data].join(' \\\n  ')
  return {command: isText ? curl : `printf %s ${base64Of(body)} | base64 -d | ${curl}`, variables: [...variables]}
}

/** Whether it can stand in a command line and be read there. */
const isPlain = (text: string): boolean => showBody(text) === text && !text.includes('\r')

const base64Of = ({encoding, content}: BytesView): string =>
  encoding === 'base64' ? content : Buffer.from(content).toString('base64')

/** As one word of the shell; what could steer a terminal is written in octal, for printf to make. */
function quoted(text: string): string {
  if (isPlain(text)) return `'${text.replaceAll("'", `'\\''`)}'`
  const octal = [...Buffer.from(text)].map(byte => `\\${byte.toString(8).padStart(3, '0')}`)
  return `"$(printf '${octal.join('')}')"`
}

const nameOf = (text: string): string =>
  text
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^(?=\d)|^$/, '_')

function variable(name: string, variables: Set<string>): string {
  variables.add(name)
  return `"\${${name}:?}"`
}

/** curl takes `Name;` for a header that is empty. */
const headerWord = ({name, value}: Header, variables: Set<string>): string => {
  if (value === MASK) return `${quoted(`${name}: `)}${variable(nameOf(name), variables)}`
  return quoted(value === '' ? `${name};` : `${name}: ${value}`)
}

/** Each masked value of the query by the name before it. */
function urlWord(url: string, variables: Set<string>): string {
  let word = ''
  let at = 0
  for (const match of url.matchAll(/(?:[?&]([^=&]*)=)?\*\*\*/g)) {
    const start = match.index + match[0].length - MASK.length
    word += quoted(url.slice(at, start)) + variable(nameOf(`url ${match[1] ?? ''}`), variables)
    at = start + MASK.length
  }
  return at < url.length ? word + quoted(url.slice(at)) : word
}
