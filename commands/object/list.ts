import {HookctlCommand} from '../../src/cli/base-command.ts'
import {objectColumns} from '../../src/cli/columns/object.ts'
import {objectFlags} from '../../src/cli/event-flags.ts'
import {pageFlags} from '../../src/cli/flags.ts'
import {platformFlag, searchFlag} from '../../src/cli/webhook-flags.ts'

export default class ObjectList extends HookctlCommand<typeof ObjectList> {
  static override summary = 'list tracked objects as they were last reported'
  static override examples = [
    '<%= config.bin %> object list --platform catalyst --object-type Node',
    '<%= config.bin %> object list --search ams --json',
  ]
  static override flags = {
    platform: platformFlag,
    'object-type': objectFlags['object-type'],
    search: searchFlag,
    ...pageFlags,
  }
  protected override columns = objectColumns
  protected override whenEmpty = 'hookctl object apply --help'

  async run() {
    const {platform, 'object-type': type, search} = this.flags
    const client = await this.client()
    const question = {organization: this.organization, platform, type, text: search}
    return this.list(paging => client.call('object.list', {...question, ...paging}))
  }
}
