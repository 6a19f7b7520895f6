import {HookctlCommand} from '../../src/cli/base-command.ts'
import {counted} from '../../src/cli/counted.ts'
import {argument, yesFlag} from '../../src/cli/flags.ts'

export default class WebhookDelete extends HookctlCommand<typeof WebhookDelete> {
  static override summary = 'delete a webhook; its deliveries stay readable'
  static override examples = [
    '<%= config.bin %> webhook delete cmdb',
    '<%= config.bin %> webhook delete cmdb --yes --json',
  ]
  static override args = {webhook: argument({description: 'id or name of the webhook'})}
  static override flags = {...yesFlag}

  async run() {
    const client = await this.client()
    const question = {organization: this.organization, webhook: this.args.webhook}
    const {id, name} = await client.call('webhook.show', question)
    await this.confirm(`delete webhook ${name}?`, this.flags.yes)
    const deleted = await client.call('webhook.delete', {...question, webhook: id})
    const cancelled =
      deleted.cancelled > 0
        ? `; ${counted(deleted.cancelled, 'unfinished delivery is', 'unfinished deliveries are')} cancelled`
        : ''
    return this.done(deleted, `deleted ${name}${cancelled}`)
  }
}
