import {openStore} from '../../../src/store/open.ts'
import {NOON} from '../../harness/factories.ts'
import {conformance} from '../conformance.ts'
import {aFolder} from '../folder.ts'

/** As a command has it, and as a process that serves or sends has it: with a thread that writes. */
for (const [name, busy] of [
  ['sqlite', false],
  ['threaded sqlite', true],
] as const) {
  conformance(name, async () => {
    const folder = await aFolder()
    const open = () => openStore(`sqlite:${folder.file('hookctl.db')}`, {now: () => NOON, busy})
    const store = await open()
    return {
      store,
      again: open,
      async [Symbol.asyncDispose]() {
        await store.close()
        await folder[Symbol.asyncDispose]()
      },
    }
  })
}
