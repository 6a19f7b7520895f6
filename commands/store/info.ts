import {HookctlCommand} from '../../src/cli/base-command.ts'
import {storeColumns} from '../../src/cli/columns/store.ts'

export default class StoreInfo extends HookctlCommand<typeof StoreInfo> {
  static override summary = 'show where state is kept, and how much of it there is'
  static override examples = ['<%= config.bin %> store info', '<%= config.bin %> store info --json']
  protected override columns = storeColumns

  async run() {
    const client = await this.client()
    const info = await client.call('store.info', {})
    for (const warning of info.warnings) this.notice(`warning: ${warning}`)
    return this.one(info)
  }
}
