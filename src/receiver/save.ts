import {mkdir, rename, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {formatRequest} from './raw-http.ts'
import type {ReceivedRequest} from './receiver.ts'

/** `20260301T100000.123Z-000001-POST.http`: the names sort in the order of arrival. */
export function requestFileName({n, receivedAt, method}: Pick<ReceivedRequest, 'n' | 'receivedAt' | 'method'>): string {
  const instant = new Date(receivedAt).toISOString().replace(/[-:]/g, '')
  return `${instant}-${String(n).padStart(6, '0')}-${method.replace(/[^A-Za-z-]/g, '')}.http`
}

/**
 * Writes the request as a raw HTTP message that `parseRequest` reads back, and gives the file's path. The file is whole
 * from its first moment on and only its owner may read it: headers carry credentials.
 */
export async function saveRequest(folder: string, request: ReceivedRequest): Promise<string> {
  await mkdir(folder, {recursive: true, mode: 0o700})
  const file = path.join(folder, requestFileName(request))
  const growing = path.join(folder, `.${path.basename(file)}.${process.pid}.tmp`)
  await writeFile(growing, formatRequest(request), {mode: 0o600, flag: 'wx'})
  await rename(growing, file)
  return file
}
