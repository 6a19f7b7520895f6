import {HookctlCommand} from '../../src/cli/base-command.ts'
import {policyColumns, webhookColumns} from '../../src/cli/columns/webhook.ts'
import {argument, switchFlag} from '../../src/cli/flags.ts'
import {section} from '../../src/cli/output/print.ts'

export default class WebhookShow extends HookctlCommand<typeof WebhookShow> {
  static override summary = 'show one webhook'
  static override description =
    'Secrets are shown as fingerprints, credentials in headers and URLs masked. --resolved adds what was decided when it was created: success rule, retries, off-switch, signature.'
  static override examples = ['<%= config.bin %> webhook show cmdb', '<%= config.bin %> webhook show cmdb --resolved']
  static override args = {webhook: argument({description: 'id or name of the webhook'})}
  static override flags = {resolved: switchFlag({description: 'also what the platform and the flags decided'})}
  protected override columns = [...webhookColumns, ...policyColumns]

  async run() {
    const client = await this.client()
    const webhook = await client.call('webhook.show', {organization: this.organization, webhook: this.args.webhook})
    const shown = this.flags.resolved ? this.columns : webhookColumns
    const columns = this.flags.fields ? this.columns : shown.map(column => ({...column, wide: false}))
    const headers = webhook.headers.map(({name, value}) => ({name, value}))
    return this.one(
      webhook,
      columns,
      headers.length > 0 ? [section('Headers', headers, [{key: 'name'}, {key: 'value'}])] : [],
    )
  }
}
