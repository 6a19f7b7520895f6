import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument, yesFlag} from '../../src/cli/flags.ts'

export default class TokenRevoke extends HookctlCommand<typeof TokenRevoke> {
  static override summary = 'end a token at once'
  static override description = 'The very next request with it is refused, and a stream that it opened ends.'
  static override examples = ['<%= config.bin %> token revoke ci', '<%= config.bin %> token revoke ci --yes --json']
  static override args = {token: argument({description: 'id or name of the token'})}
  static override flags = {...yesFlag}

  async run() {
    const client = await this.client()
    const question = {organization: this.organization, token: this.args.token}
    const {id, name} = await client.call('token.show', question)
    await this.confirm(`revoke token ${name}?`, this.flags.yes)
    return this.done(await client.call('token.revoke', {...question, token: id}), `revoked ${name}`)
  }
}
