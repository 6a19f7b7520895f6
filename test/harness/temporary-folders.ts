import {spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync, statfsSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'

/** Many times what all tests that run at once keep. */
const ROOM_BYTES = 4 * 1024 ** 3

/** Temporary folders are made in memory, unless somebody says where. */
export function setup(): void {
  const memory = process.env.TMPDIR === undefined ? memoryFolder() : null
  if (memory !== null) process.env.TMPDIR = memory
}

/**
 * Where temporary folders are made without a disk: each commit of the thousands of stores is waited for as well, but not
 * as long. Null where there is none with room, or where programs may not be started in it.
 */
function memoryFolder(): string | null {
  const folder = '/dev/shm'
  try {
    const {bavail, bsize} = statfsSync(folder)
    if (bavail * bsize < ROOM_BYTES) return null
    const own = mkdtempSync(path.join(folder, 'hookctl-test-'))
    try {
      const program = path.join(own, 'program')
      writeFileSync(program, '#!/bin/sh\n', {mode: 0o700})
      return spawnSync(program).status === 0 ? folder : null
    } finally {
      rmSync(own, {recursive: true})
    }
  } catch {
    return null
  }
}
