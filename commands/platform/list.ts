import {HookctlCommand} from '../../src/cli/base-command.ts'
import {wholeLimitFlag} from '../../src/cli/flags.ts'

export default class PlatformList extends HookctlCommand<typeof PlatformList> {
  static override summary = 'list the platforms whose webhooks hookctl speaks'
  static override examples = [
    '<%= config.bin %> platform list',
    '<%= config.bin %> platform list --fields name,versions --json',
  ]
  static override flags = {limit: wholeLimitFlag}
  protected override columns = [
    {key: 'name', whole: true},
    {key: 'title'},
    {key: 'versions'},
    {key: 'defaultVersion', title: 'default'},
    {key: 'modes'},
    {key: 'eventTypes', title: 'event types', align: 'right' as const},
  ]
  protected override whenAbsent = 'pretend' as const

  async run() {
    const client = await this.client()
    const {items} = await client.call('platform.list', {})
    return this.listWhole(items)
  }
}
