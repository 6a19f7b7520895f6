import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument, yesFlag} from '../../src/cli/flags.ts'
import {backupAt, storeCare} from '../../src/cli/store-care.ts'

export default class StoreRestore extends HookctlCommand<typeof StoreRestore> {
  static override summary = 'put a backup in the place of the store'
  static override description =
    'The backup is looked through first; the store of before stays beside the new one under another name. Refused while a server, a worker or another command has the store open. Deliveries that were still to be sent when the backup was made are sent again.'
  static override examples = [
    '<%= config.bin %> store restore hookctl.backup --yes',
    '<%= config.bin %> store restore hookctl.backup --store sqlite:other.db --yes --json',
  ]
  static override args = {file: argument({description: 'the backup'})}
  static override flags = {...yesFlag}

  async run() {
    const care = await storeCare(this.settings)
    const backup = backupAt(this.path(this.args.file))
    await this.confirm(`put ${this.args.file} in the place of ${this.settings.text('store')}?`, this.flags.yes)
    const restored = await care.restore(backup, {now: this.now()})
    const kept = restored.kept === null ? '' : `; what was there is kept as ${restored.kept}`
    return this.done({id: restored.file, ...restored}, `restored ${restored.file}${kept}`, ['hookctl status'])
  }
}
