import {spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync, statfsSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import {buildIfStale} from '../../scripts/build.js'

/** Many times what all tests that run at once keep. */
const ROOM_BYTES = 4 * 1024 ** 3

/**
 * Tests that type command lines run the built program; built once before the first test. A build that fails fails only
 * them, and they say why.
 */
export async function setup(): Promise<void> {
  const memory = process.env.TMPDIR === undefined ? memoryFolder() : null
  if (memory !== null) process.env.TMPDIR = memory
  // Threads of the sources take the types out of every file anew where nothing keeps the result.
  process.env.NODE_COMPILE_CACHE = path.resolve('node_modules/.cache/hookctl-test')
  try {
    await buildIfStale()
  } catch (error) {
    process.env.HOOKCTL_TEST_BUILD_FAILURE = (error as Error).message
    console.error(`the build failed, spawned tests will too: ${(error as Error).message}`)
  }
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
