import {HookctlCommand} from '../../src/cli/base-command.ts'
import {webhookColumns} from '../../src/cli/columns/webhook.ts'
import {choiceFlag, pageFlags} from '../../src/cli/flags.ts'
import {platformFlag, searchFlag} from '../../src/cli/webhook-flags.ts'

export default class WebhookList extends HookctlCommand<typeof WebhookList> {
  static override summary = 'list webhooks, newest first'
  static override examples = [
    '<%= config.bin %> webhook list',
    'Names of those that are switched off:\n<%= config.bin %> webhook list --active no --fields name',
  ]
  static override flags = {
    active: choiceFlag({description: 'only those switched on, or only those off', choices: ['yes', 'no']}),
    platform: platformFlag,
    search: searchFlag,
    ...pageFlags,
  }
  protected override columns = webhookColumns
  protected override whenEmpty = 'hookctl webhook create'

  async run() {
    const {active, platform, search} = this.flags
    const client = await this.client()
    return this.list(paging =>
      client.call('webhook.list', {
        organization: this.organization,
        ...paging,
        text: search,
        platform,
        active: active && active === 'yes',
      }),
    )
  }
}
