import {buildIfStale} from '../../scripts/build.js'

/** Spawned tests run bin/run.js on dist, as a user does: dist must be of these sources. */
export default async function setup(): Promise<void> {
  await buildIfStale()
}
