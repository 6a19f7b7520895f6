import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument, yesFlag} from '../../src/cli/flags.ts'

export default class MemberDelete extends HookctlCommand<typeof MemberDelete> {
  static override summary = 'take a user out of an organization'
  static override description =
    'Their tokens of this organization end at once; what they did stays in the history. Raises member.deleted.'
  static override examples = ['<%= config.bin %> member delete ada', '<%= config.bin %> member delete ada --yes --json']
  static override args = {user: argument({description: 'name of the user'})}
  static override flags = {...yesFlag}

  async run() {
    const client = await this.client()
    const question = {organization: this.organization, user: this.args.user}
    const {user, organization} = await client.call('member.show', question)
    await this.confirm(`take ${user} out of ${organization}?`, this.flags.yes)
    const deleted = await client.call('member.delete', question)
    const ended = deleted.tokens > 0 ? `; ${deleted.tokens} tokens are revoked` : ''
    return this.done(deleted, `${user} is no member of ${organization} any more${ended}`)
  }
}
