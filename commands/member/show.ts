import {HookctlCommand} from '../../src/cli/base-command.ts'
import {memberColumns} from '../../src/cli/columns/organization.ts'
import {argument} from '../../src/cli/flags.ts'

export default class MemberShow extends HookctlCommand<typeof MemberShow> {
  static override summary = 'show one member'
  static override examples = ['<%= config.bin %> member show ada', '<%= config.bin %> member show ada --json']
  static override args = {user: argument({description: 'name of the user'})}
  protected override columns = memberColumns

  async run() {
    const client = await this.client()
    return this.one(await client.call('member.show', {organization: this.organization, user: this.args.user}))
  }
}
