import {HookctlCommand} from '../../src/cli/base-command.ts'
import {tokenColumns} from '../../src/cli/columns/organization.ts'
import {argument} from '../../src/cli/flags.ts'

export default class TokenShow extends HookctlCommand<typeof TokenShow> {
  static override summary = 'show one token, never its value'
  static override examples = ['<%= config.bin %> token show ci', '<%= config.bin %> token show ci --json']
  static override args = {token: argument({description: 'id or name of the token'})}
  protected override columns = tokenColumns

  async run() {
    const client = await this.client()
    return this.one(await client.call('token.show', {organization: this.organization, token: this.args.token}))
  }
}
