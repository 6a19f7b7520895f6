import {mkdtemp} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {usageError} from '../../errors.ts'
import {whyNot} from '../bytes.ts'

/** A new folder where the system keeps what is soon gone. @throws usage `no_temporary_folder` */
export async function temporaryFolder(): Promise<string> {
  try {
    return await mkdtemp(path.join(tmpdir(), 'hookctl-demo-'))
  } catch (error) {
    throw usageError('no_temporary_folder', `no folder can be made in ${tmpdir()}: ${whyNot(error)}`, {
      hint: 'name one that is yours to write in: TMPDIR=FOLDER hookctl demo',
      cause: error,
    })
  }
}
