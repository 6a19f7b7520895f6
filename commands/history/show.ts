import {HookctlCommand} from '../../src/cli/base-command.ts'
import {changeColumns, historyColumns} from '../../src/cli/columns/event.ts'
import {argument} from '../../src/cli/flags.ts'
import {section} from '../../src/cli/output/print.ts'
import {prettyJson} from '../../src/cli/pretty.ts'

export default class HistoryShow extends HookctlCommand<typeof HistoryShow> {
  static override summary = 'show one change with before and after'
  static override examples = [
    '<%= config.bin %> history show hst_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f',
    '<%= config.bin %> history show hst_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f --json',
  ]
  static override args = {entry: argument({description: 'id of the history entry'})}
  protected override columns = historyColumns

  async run() {
    const client = await this.client()
    const entry = await client.call('history.show', {organization: this.organization, entry: this.args.entry})
    return this.one(entry, this.columns, [
      section('Changes', entry.changes, changeColumns),
      {title: 'Before', text: prettyJson(entry.before)},
      {title: 'After', text: prettyJson(entry.after)},
    ])
  }
}
