import {openStore} from '../../src/store/open.ts'
import {NOON} from '../harness/factories.ts'
import {conformance} from './conformance.ts'

conformance('memory', async () => {
  const store = await openStore('memory:', {now: () => NOON})
  return {store, again: null, [Symbol.asyncDispose]: () => store.close()}
})
