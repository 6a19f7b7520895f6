import path from 'node:path'
import process from 'node:process'
import {buildIfStale} from '../../scripts/build.js'

/**
 * Tests that type command lines run the built program; built once before the first test. A build that fails fails only
 * them, and they say why.
 */
export async function setup(): Promise<void> {
  // Threads of the sources take the types out of every file anew where nothing keeps the result.
  process.env.NODE_COMPILE_CACHE = path.resolve('node_modules/.cache/hookctl-test')
  try {
    await buildIfStale()
  } catch (error) {
    process.env.HOOKCTL_TEST_BUILD_FAILURE = (error as Error).message
    console.error(`the build failed, spawned tests will too: ${(error as Error).message}`)
  }
}
