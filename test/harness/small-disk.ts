import {spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'

export interface SmallDisk extends AsyncDisposable {
  readonly folder: string
}

/** Whether this user may mount: root on Linux may, unless a container forbids it. */
export const mayMount: boolean = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-mount-'))
  const {status} = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder])
  if (status === 0) spawnSync('umount', [folder])
  rmSync(folder, {recursive: true, force: true})
  return status === 0
})()

/** A disk of so many bytes of its own, in memory; gone with what is on it. Only where `mayMount`. */
export function aSmallDisk(bytes: number): SmallDisk {
  const folder = mkdtempSync(path.join(tmpdir(), 'hookctl-disk-'))
  const {status, stderr} = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=700`, 'tmpfs', folder], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return {
    folder,
    async [Symbol.asyncDispose]() {
      // Lazily: a process that is just ending may still hold a file.
      spawnSync('umount', ['-l', folder])
      rmSync(folder, {recursive: true, force: true})
    },
  }
}
