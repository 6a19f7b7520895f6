import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'

export interface Folder extends AsyncDisposable {
  /** A path in it. */
  file(name: string): string
}

/** A folder that is gone after the test: `await using folder = await aFolder()`. */
export async function aFolder(): Promise<Folder> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hookctl-store-'))
  return {
    file: name => path.join(folder, name),
    [Symbol.asyncDispose]: () => rm(folder, {recursive: true, force: true}),
  }
}
