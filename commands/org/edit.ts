import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument, textFlag} from '../../src/cli/flags.ts'
import {givenChanges, organizationFlags} from '../../src/cli/organization-flags.ts'

export default class OrgEdit extends HookctlCommand<typeof OrgEdit> {
  static override summary = 'change slug or name of an organization'
  static override description =
    'Its number stays, and with it everything that belongs to it. URLs and settings with the old slug have to follow.'
  static override examples = [
    '<%= config.bin %> org edit acme --name "Acme Networks"',
    '<%= config.bin %> org edit acme --slug acme-networks',
  ]
  static override args = {slug: argument({description: 'slug of the organization'})}
  static override flags = {
    ...organizationFlags,
    slug: textFlag({description: 'another slug', helpValue: 'SLUG'}),
  }

  async run() {
    const {name, slug} = this.flags
    const changes = givenChanges({name, slug}, 'org edit')
    const client = await this.client()
    const organization = await client.call('org.edit', {organization: this.args.slug, ...changes})
    return this.done(organization, `changed ${organization.slug}: ${Object.keys(changes).join(', ')}`)
  }
}
