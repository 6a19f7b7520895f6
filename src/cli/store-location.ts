import {lstatSync, readlinkSync, realpathSync} from 'node:fs'
import path from 'node:path'

/**
 * A store as it is written, with a path made whole: a bare one is a SQLite file, a relative one is so to where it was
 * written down, and a link is the file it leads to, beside which a server is found and which is replaced whole.
 */
export const storeLocation = (text: string, folder: string): string => withPath(text, folder, throughLinks)

/** The same for what is kept: a link stays one. */
export const storeToKeep = (text: string, folder: string): string => withPath(text, folder, file => file)

function withPath(text: string, folder: string, locate: (file: string) => string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase()
  if (scheme !== undefined && scheme !== 'sqlite' && scheme !== 'json') return text
  const rest = scheme === undefined ? text : text.slice(scheme.length + 1)
  return `${scheme ?? 'sqlite'}:${rest === ':memory:' ? rest : locate(path.resolve(folder, rest))}`
}

/** Where a file is that may be a link, and may not be there yet. What leads nowhere is said when the store is opened. */
function throughLinks(file: string, linksLeft = 40): string {
  try {
    if (linksLeft === 0 || !lstatSync(file, {throwIfNoEntry: false})?.isSymbolicLink()) return file
    return throughLinks(path.resolve(realpathSync(path.dirname(file)), readlinkSync(file)), linksLeft - 1)
  } catch {
    return file
  }
}
