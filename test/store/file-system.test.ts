import {expect, test} from 'vitest'
import {fileSystemWarning} from '../../src/store/file-system.ts'

const mount = (place: string, type: string) =>
  `36 35 98:0 /mnt1 ${place} rw,noatime master:1 - ${type} /dev/x rw,errors=x`

const table = [
  mount('/', 'ext4'),
  mount('/srv/nfs', 'nfs4'),
  mount('/srv/nfs/local', 'xfs'),
  mount('/mnt/win', 'cifs'),
  mount('/mnt/wsl', '9p'),
  mount('/mnt/ssh\\040box', 'fuse.sshfs'),
  mount('/twice', 'nfs'),
  mount('/twice', 'tmpfs'),
].join('\n')

test.each([
  ['/var/lib/hookctl.db', null],
  ['/srv/nfs/hookctl.db', /network file system \(nfs4 at \/srv\/nfs\)/],
  ['/srv/nfs/deep/er/hookctl.db', /nfs4/],
  ['/srv/nfs/local/hookctl.db', null],
  ['/srv/nfsx/hookctl.db', null],
  ['/mnt/win/hookctl.db', /cifs/],
  ['/mnt/wsl/hookctl.db', /9p/],
  ['/mnt/ssh box/hookctl.db', /fuse\.sshfs at \/mnt\/ssh box/],
  ['/twice/hookctl.db', null],
])('H7: a store at %s', (file, expected) => {
  const warning = fileSystemWarning(file, table)
  if (expected === null) expect(warning).toBeNull()
  else expect(warning).toMatch(expected)
})

test('H7: an overlay, as containers have, is told with what it means', () => {
  expect(fileSystemWarning('/var/hookctl.db', mount('/', 'overlay'))).toMatch(/keep it in a volume/)
})

test('H7: where nothing is known nothing is said', () => {
  expect(fileSystemWarning('/var/hookctl.db', null)).toBeNull()
  expect(fileSystemWarning('/var/hookctl.db', 'nonsense\n\n - \n')).toBeNull()
})
