import {HookctlCommand} from '../../src/cli/base-command.ts'
import {replayColumns} from '../../src/cli/columns/replay.ts'
import {pageFlags} from '../../src/cli/flags.ts'

export default class ReplayList extends HookctlCommand<typeof ReplayList> {
  static override summary = 'list replays, newest first'
  static override description =
    'A replay is what delivery replay makes of many deliveries: kept until all are handed over.'
  static override examples = ['<%= config.bin %> replay list', '<%= config.bin %> replay list --limit 1 --json']
  static override flags = {...pageFlags}
  protected override columns = replayColumns

  async run() {
    const client = await this.client()
    return this.list(paging => client.call('replay.list', {organization: this.organization, ...paging}))
  }
}
