import {HookctlCommand} from '../../src/cli/base-command.ts'
import {copiedColumns} from '../../src/cli/columns/store.ts'
import {textFlag} from '../../src/cli/flags.ts'
import {migrateStoreTo} from '../../src/cli/store-care.ts'

export default class StoreMigrate extends HookctlCommand<typeof StoreMigrate> {
  static override summary = 'copy the store into an empty one of another kind'
  static override description =
    'Between SQLite, PostgreSQL and one readable JSON file, in any direction, or to another place of the same kind: every row, read again from the new store and compared by count and SHA-256. Nobody may send from either meanwhile. The old store stays as it is; name the new one with --store or HOOKCTL_STORE from then on. A database is named like postgres://user@host:5432/hookctl.'
  static override examples = [
    'The same store in another file:\n<%= config.bin %> store migrate --to sqlite:copy.db',
    'As one readable file:\n<%= config.bin %> store migrate --to json:hooks.json',
    'From another store than the one in use:\n<%= config.bin %> store migrate --from sqlite:old.db --to sqlite:new.db --json',
  ]
  static override flags = {
    from: textFlag({description: 'store to copy; the one in use unless given', helpValue: 'STORE'}),
    to: textFlag({description: 'empty store to copy into', helpValue: 'STORE'}),
  }

  async run() {
    const {from} = this.flags
    const to = await this.required('to', this.flags.to, 'Empty store to copy into')
    const copied = await migrateStoreTo(this.settings, this.surroundings, {from, to})
    this.notice(`copied ${copied.from} to ${copied.to}; every table is the same in both`)
    for (const warning of copied.warnings) this.notice(`warning: ${warning}`)
    return this.list(copied.tables, copiedColumns)
  }
}
