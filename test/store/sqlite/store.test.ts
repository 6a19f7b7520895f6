import {openStore} from '../../../src/store/open.ts'
import {NOON} from '../../harness/factories.ts'
import {conformance} from '../conformance.ts'
import {aFolder} from '../folder.ts'

conformance('sqlite', async () => {
  const folder = await aFolder()
  const open = () => openStore(`sqlite:${folder.file('hookctl.db')}`, {now: () => NOON})
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
