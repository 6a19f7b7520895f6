import {HookctlCommand} from '../../src/cli/base-command.ts'
import {organizationColumns} from '../../src/cli/columns/organization.ts'
import {optionalArgument} from '../../src/cli/flags.ts'

export default class OrgShow extends HookctlCommand<typeof OrgShow> {
  static override summary = 'show one organization'
  static override examples = ['<%= config.bin %> org show', '<%= config.bin %> org show acme --json']
  static override args = {
    slug: optionalArgument({description: 'slug of the organization; the one in use unless given'}),
  }
  protected override columns = organizationColumns

  async run() {
    const client = await this.client()
    return this.one(await client.call('org.show', {organization: this.args.slug ?? this.organization}))
  }
}
