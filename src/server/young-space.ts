const MOST_BYTES = 32 * 1024 * 1024
const LOOK_AFTER_MS = 200

/** The part of a heap where objects are made. */
interface YoungSpace {
  bytes(): number
  /** From now on; as far as V8 obeys. */
  stopGrowing(): void
}

const ofThisProcess: YoungSpace = {
  bytes() {
    const spaces = process.getBuiltinModule('node:v8').getHeapSpaceStatistics()
    return spaces.find(({space_name: name}) => name === 'new_space')?.space_size ?? 0
  },
  stopGrowing: () => process.getBuiltinModule('node:v8').setFlagsFromString('--semi-space-growth-factor=1'),
}

/**
 * Keeps the part of the heap where objects are made at 32 MB. A process that makes many has V8 widen it to 128 MB, which is
 * more than all else a server needs, for work that is no faster by it (measured: bench/memory.js). V8 reads the limit only
 * at its start, where a command cannot set it; how fast the part grows it reads each time.
 */
export function boundYoungSpace(space = ofThisProcess): void {
  const timer = setInterval(() => {
    if (space.bytes() < MOST_BYTES) return
    space.stopGrowing()
    clearInterval(timer)
  }, LOOK_AFTER_MS)
  timer.unref()
}
