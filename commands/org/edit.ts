import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument, textFlag} from '../../src/cli/flags.ts'
import {givenChanges, organizationFlags, zoneFrom} from '../../src/cli/organization-flags.ts'

export default class OrgEdit extends HookctlCommand<typeof OrgEdit> {
  static override summary = 'change slug, name or zone of an organization'
  static override description =
    'Its number stays, and with it everything that belongs to it. URLs and settings with the old slug have to follow. In its zone its members see times, unless they set one of their own; an empty one takes it away.'
  static override examples = [
    '<%= config.bin %> org edit acme --name "Acme Networks"',
    '<%= config.bin %> org edit acme --slug acme-networks',
    '<%= config.bin %> org edit acme --zone Europe/Berlin',
  ]
  static override args = {slug: argument({description: 'slug of the organization'})}
  static override flags = {
    ...organizationFlags,
    slug: textFlag({description: 'another slug', helpValue: 'SLUG'}),
  }

  async run() {
    const {name, slug, zone} = this.flags
    const changes = givenChanges({name, slug, zone: zoneFrom(zone)}, 'org edit')
    const client = await this.client()
    const organization = await client.call('org.edit', {organization: this.args.slug, ...changes})
    return this.done(organization, `changed ${organization.slug}: ${Object.keys(changes).join(', ')}`)
  }
}
