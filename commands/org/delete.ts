import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument, yesFlag} from '../../src/cli/flags.ts'

export default class OrgDelete extends HookctlCommand<typeof OrgDelete> {
  static override summary = 'delete an organization with all it has'
  static override description =
    'Its webhooks, contexts, members and tokens go, and what it still owes is cancelled. Only an owner may. That it was there, and who deleted it, stands in the history of the organization "default".'
  static override examples = ['<%= config.bin %> org delete acme', '<%= config.bin %> org delete acme --yes --json']
  static override args = {slug: argument({description: 'slug of the organization'})}
  static override flags = {...yesFlag}

  async run() {
    const client = await this.client()
    const {slug} = await client.call('org.show', {organization: this.args.slug})
    await this.confirm(`delete organization ${slug} with all it has?`, this.flags.yes)
    const deleted = await client.call('org.delete', {organization: slug})
    const cancelled = deleted.cancelled > 0 ? `; ${deleted.cancelled} unfinished deliveries are cancelled` : ''
    return this.done(deleted, `deleted ${slug}${cancelled}`)
  }
}
