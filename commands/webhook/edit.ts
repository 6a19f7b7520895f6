import {HookctlCommand} from '../../src/cli/base-command.ts'
import {withCaFile} from '../../src/cli/ca-file.ts'
import {webhookColumns} from '../../src/cli/columns/webhook.ts'
import {argument, textFlag} from '../../src/cli/flags.ts'
import {noOAuthFlag, oauthFrom} from '../../src/cli/oauth-flags.ts'
import {settingsFrom} from '../../src/cli/setting-flags.ts'
import {webhookFlags, webhookFrom} from '../../src/cli/webhook-flags.ts'
import {argumentWord} from '../../src/domain/shell-word.ts'
import {usageError} from '../../src/errors.ts'

export default class WebhookEdit extends HookctlCommand<typeof WebhookEdit> {
  static override summary = 'change a webhook; what is not given stays'
  static override description =
    'Its id, secrets and history stay. What was accepted before keeps its body; the next request already goes where the webhook now says.'
  static override examples = [
    '<%= config.bin %> webhook edit cmdb --url https://cmdb2.example.com/hooks',
    'Subscribe to other events:\n<%= config.bin %> webhook edit cmdb --event "dcim.site.*,dcim.device.*"',
  ]
  static override args = {webhook: argument({description: 'id or name of the webhook'})}
  static override flags = {
    name: textFlag({description: 'name it is shown by; that of a webhook is unique', char: 'n'}),
    ...webhookFlags,
    'no-oauth': noOAuthFlag,
  }

  protected override columns = webhookColumns

  async run() {
    const {name} = this.flags
    const settings = await settingsFrom(this.flags, this.surroundings, false)
    const flags = await withCaFile(this.flags, this)
    const oauth = await oauthFrom(flags, this)
    const given = {...settings, ...webhookFrom(flags), ...oauth, ...(name === undefined ? {} : {name})}
    if (Object.keys(given).length === 0) {
      throw usageError('nothing_to_change', 'nothing to change was given', {
        hint: 'hookctl webhook edit --help lists what can be',
      })
    }
    const client = await this.client()
    const webhook = await client.call('webhook.edit', {
      organization: this.organization,
      webhook: this.args.webhook,
      ...given,
    })
    if (this.flags.event !== undefined) {
      const {sayNearPatterns} = await import('../../src/cli/near-types.ts')
      for (const line of await sayNearPatterns(client, webhook)) this.notice(line)
    }
    return this.done(webhook, `changed ${webhook.name}: ${Object.keys(given).join(', ')}`, [
      `hookctl webhook show ${argumentWord(webhook.name)}`,
    ])
  }
}
