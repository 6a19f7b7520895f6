import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument} from '../../src/cli/flags.ts'
import {givenChanges, memberFlags} from '../../src/cli/organization-flags.ts'

export default class MemberEdit extends HookctlCommand<typeof MemberEdit> {
  static override summary = 'change role or email of a member'
  static override description =
    "The member's tokens have the new role on their next request. The last owner stays one. Raises member.updated."
  static override examples = [
    '<%= config.bin %> member edit ada --role owner',
    'Without an address:\n<%= config.bin %> member edit ada --email ""',
  ]
  static override args = {user: argument({description: 'name of the user'})}
  static override flags = memberFlags

  async run() {
    const {organization, args, flags} = this
    const email = flags.email === '' ? null : flags.email
    const changes = givenChanges({role: flags.role, email}, 'member edit')
    const client = await this.client()
    const member = await client.call('member.edit', {organization, user: args.user, ...changes})
    return this.done(member, `${member.user} is ${member.role} of ${member.organization}`)
  }
}
