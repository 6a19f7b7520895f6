import {HookctlCommand} from '../../src/cli/base-command.ts'
import {activityColumns} from '../../src/cli/columns/event.ts'
import {numberFlag, switchFlag, textFlag} from '../../src/cli/flags.ts'

export default class ActivityList extends HookctlCommand<typeof ActivityList> {
  static override summary = 'show changes: nodes and groups only; --everything for all'
  static override description =
    'The ten newest changes of nodes and security groups, as the Catalyst dashboard shows them, newest first. --everything shows every change of every tracked object, a page at a time.'
  static override examples = [
    '<%= config.bin %> activity list',
    '<%= config.bin %> activity list --everything --limit 20',
  ]
  static override flags = {
    everything: switchFlag({description: 'every tracked object, not only nodes and groups'}),
    limit: numberFlag({description: 'how many to print at most', min: 1, max: 1000, default: 10, helpValue: 'N'}),
    cursor: textFlag({description: 'where to go on, from the page before', helpValue: 'CURSOR'}),
  }
  protected override columns = activityColumns

  async run() {
    const {everything, limit, cursor} = this.flags
    const client = await this.client()
    const page = await client.call('activity.list', {organization: this.organization, all: everything, limit, cursor})
    const listed = await this.list(async () => page)
    if (!everything && page.items.length < limit) this.hint('nodes and groups only; --everything for all')
    return listed
  }
}
