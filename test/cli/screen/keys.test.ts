import {expect, test} from 'vitest'
import {readKeys} from '../../../src/cli/screen/keys.ts'

test.each([
  ['q', ['q']],
  ['\u001b[A', ['up']],
  ['\u001bOB', ['down']],
  ['\u001b[5~\u001b[6~', ['page-up', 'page-down']],
  ['\u001b', ['escape']],
  ['\u0003', ['ctrl-c']],
  ['\r\u007f', ['enter', 'backspace']],
  ['jé網🚀', ['j', 'é', '網', '🚀']],
  ['\u001b[1;5D\u001b[200~x', ['x']],
  ['\u0001\u0002a', ['a']],
])('a terminal that sends %j means the keys %j', (text, keys) => expect(readKeys(text)).toEqual(keys))
