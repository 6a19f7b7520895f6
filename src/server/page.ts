import {readdirSync, readFileSync} from 'node:fs'
import {notFoundError} from '../errors.ts'
import type {MediaType, Reply} from './answer.ts'

/** The status page: files that stand beside this one, and in dist/ beside the chunk made of it (scripts/build.js). */
const folder = new URL('./page/', import.meta.url)

const types: Readonly<Record<string, MediaType>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

/**
 * What the page may do: its own files, its own server, nothing inline, no form that leaves, no frame. Trusted types
 * without a policy: a line that makes markup of a text throws, whoever wrote it.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

const headers = {
  'content-security-policy': policy,
  'cross-origin-embedder-policy': 'require-corp',
  'permissions-policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
  vary: 'accept',
}

export interface Page {
  /** What is at `/`: the page for a browser, a word of greeting for everything else. */
  front(accept: string): Reply
  /** A file of the page by its name. @throws not_found `route_not_found` */
  file(name: string): Reply
}

/** Reads the files when the first is asked for; only what lay there then is ever given. */
export function createPage(version: string): Page {
  let files: ReadonlyMap<string, Reply> | undefined
  const file = (name: string): Reply => {
    files ??= new Map(readdirSync(folder).flatMap(entryOf))
    const found = files.get(name)
    if (found !== undefined) return found
    throw notFoundError('route_not_found', 'the status page has no file of that name', {hint: 'it begins at /'})
  }
  const body = `hookctl ${version}\nThe API is described at /openapi.json; hookctl web opens the status page\n`
  const greeting: Reply = {type: 'text/plain; charset=utf-8', headers: {vary: 'accept'}, body}
  return {file, front: accept => (/\btext\/html\b/.test(accept) ? file('index.html') : greeting)}
}

function entryOf(name: string): [string, Reply][] {
  const type = types[name.split('.').at(-1) as string]
  return type === undefined ? [] : [[name, {type, headers, body: readFileSync(new URL(name, folder), 'utf8')}]]
}
