import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument} from '../../src/cli/flags.ts'
import {organizationFlags, zoneFrom} from '../../src/cli/organization-flags.ts'

export default class OrgCreate extends HookctlCommand<typeof OrgCreate> {
  static override summary = 'create an organization'
  static override description =
    'Webhooks, events, contexts, members and tokens belong to one. Who creates it on this machine is its first owner. Where it has a zone, its members see times in it.'
  static override examples = [
    '<%= config.bin %> org create acme --name "Acme Networks" --zone Europe/Berlin',
    'Then work in it:\n<%= config.bin %> config set organization acme',
  ]
  static override args = {slug: argument({description: 'its name in URLs and flags: a-z, 0-9 and -'})}
  static override flags = organizationFlags
  protected override whenAbsent = 'make' as const

  async run() {
    const client = await this.client()
    const {name, zone} = this.flags
    const organization = await client.call('org.create', {slug: this.args.slug, name, zone: zoneFrom(zone)})
    return this.done(organization, `created ${organization.slug} (number ${organization.id})`, [
      `hookctl webhook create --organization ${organization.slug}`,
      `hookctl config set organization ${organization.slug}`,
    ])
  }
}
