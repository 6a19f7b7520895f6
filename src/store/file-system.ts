import {readFileSync, realpathSync} from 'node:fs'
import path from 'node:path'

/** Where one file system begins, from the mount table of the system. */
interface Mount {
  readonly place: string
  readonly type: string
}

const NETWORK =
  /^(?:nfs\d?|cifs|smb\d?|smbfs|afs|ceph|glusterfs|lustre|gpfs|ocfs2|gfs2|9p|vboxsf|vmhgfs|prl_fs|drvfs|virtiofs)$/
const FUSE = /^fuse(?:blk)?(?:\.|$)/

/**
 * What is to be known about the file system a store lies on, or null where nothing is. Best effort: Linux says, others do
 * not, and a file system may behave better than its name.
 *
 * @param mounts the text of /proc/self/mountinfo; read unless given
 */
export function fileSystemWarning(file: string, mounts: string | null = readMounts()): string | null {
  const mount = mounts === null ? null : mountOf(realFolder(file), parse(mounts))
  if (mount === null) return null
  const {type, place} = mount
  if (NETWORK.test(type)) {
    return `the store lies on a network file system (${type} at ${place}), which does not keep the promises SQLite needs: keep it on a disk of this machine`
  }
  if (FUSE.test(type)) {
    return `the store lies on ${type} at ${place}, which may not keep locks and flushes as SQLite needs them: keep it on a disk of this machine`
  }
  if (type !== 'overlay') return null
  return `the store lies on an overlay file system (at ${place}), as a container has: it goes with the container, so keep it in a volume`
}

function readMounts(): string | null {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8')
  } catch {
    // Not Linux, or not allowed: nothing is known.
    return null
  }
}

function realFolder(file: string): string {
  const folder = path.dirname(file)
  try {
    return realpathSync(folder)
  } catch {
    return folder
  }
}

/** Fields of proc_pid_mountinfo(5): the fifth is the place, the type follows a lone dash. Blanks stand there as \040. */
const parse = (table: string): readonly Mount[] =>
  table.split('\n').flatMap(line => {
    const [before = '', after = ''] = line.split(' - ')
    const place = before.split(' ')[4]
    const [type] = after.split(' ')
    return place === undefined || !type
      ? []
      : [
          {
            type,
            place: place.replaceAll(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8))),
          },
        ]
  })

/** The deepest place above the folder; of several mounted there the last one hides the others. */
function mountOf(folder: string, mounts: readonly Mount[]): Mount | null {
  let found: Mount | null = null
  for (const mount of mounts) {
    const isAbove = folder === mount.place || folder.startsWith(mount.place === '/' ? '/' : `${mount.place}/`)
    if (isAbove && (found === null || mount.place.length >= found.place.length)) found = mount
  }
  return found
}
