import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument} from '../../src/cli/flags.ts'
import {memberFlags} from '../../src/cli/organization-flags.ts'
import {flagWord} from '../../src/domain/shell-word.ts'

export default class MemberCreate extends HookctlCommand<typeof MemberCreate> {
  static override summary = 'make a user a member of an organization'
  static override description =
    'A member reads; an admin also changes; an owner also deletes the organization and makes owners. A user can be in several organizations, with a role in each. Raises member.created.'
  static override examples = [
    '<%= config.bin %> member create ada --role admin',
    '<%= config.bin %> member create ops@example.com --email ops@example.com --organization acme',
  ]
  static override args = {user: argument({description: 'name of the user'})}
  static override flags = memberFlags
  protected override whenAbsent = 'make' as const

  async run() {
    const {organization, args, flags} = this
    const client = await this.client()
    const member = await client.call('member.create', {
      organization,
      user: args.user,
      email: flags.email || undefined,
      ...(flags.role && {role: flags.role}),
    })
    return this.done(member, `${member.user} is ${member.role} of ${member.organization}`, [
      `hookctl token create laptop ${flagWord('user', member.user)}`,
    ])
  }
}
