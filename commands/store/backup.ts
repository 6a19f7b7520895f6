import {HookctlCommand} from '../../src/cli/base-command.ts'
import {optionalArgument, switchFlag} from '../../src/cli/flags.ts'
import {formatBytes} from '../../src/cli/sizes.ts'
import {storeCare} from '../../src/cli/store-care.ts'

export default class StoreBackup extends HookctlCommand<typeof StoreBackup> {
  static override summary = 'copy the store while it is in use'
  static override description =
    'One file that only you can read, with everything that was accepted before it began; looked through before it gets its name. Secrets are in it as they are in the store.'
  static override examples = ['<%= config.bin %> store backup', '<%= config.bin %> store backup hookctl.backup --force']
  static override args = {
    file: optionalArgument({description: 'where to; beside the store, with the time in its name, unless given'}),
  }
  static override flags = {
    force: switchFlag({description: 'replace a file that is there'}),
  }

  async run() {
    const {file} = this.args
    const care = await storeCare(this.settings)
    const copied = await care.backUp({
      to: file === undefined ? null : this.path(file),
      force: this.flags.force,
      now: this.now(),
    })
    const result = {id: copied.file, ...copied}
    return this.done(result, `backed up to ${copied.file} (${formatBytes(copied.bytes)})`, [
      `hookctl store restore ${copied.file}`,
    ])
  }
}
