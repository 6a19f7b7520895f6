import {HookctlCommand} from '../../src/cli/base-command.ts'
import {createdTokenColumns} from '../../src/cli/columns/organization.ts'
import {argument, choicesFlag, durationFlag, textFlag} from '../../src/cli/flags.ts'

export default class TokenCreate extends HookctlCommand<typeof TokenCreate> {
  static override summary = 'make a token for a member or a machine'
  static override description =
    'Its value is printed this once; the store keeps a digest only. It reaches the one organization it was made in. With --user it may do what that member may, as long as they are one; without, it is a machine: "ingest" sends events and nothing else, "read" looks, "admin" changes.'
  static override examples = [
    'A pipeline that only sends events:\n<%= config.bin %> token create ci --scope ingest --expires-in 90d',
    'Somebody at another machine:\n<%= config.bin %> token create laptop --user ada --scope read,ingest,admin',
    'Straight into a file:\n<%= config.bin %> token create ci --scope ingest --fields value -o tsv',
  ]
  static override args = {name: argument({description: 'name, unique in the organization'})}
  static override flags = {
    user: textFlag({description: 'member it stands for; a machine unless given', helpValue: 'USER'}),
    scope: choicesFlag({
      description: 'what it may be used for, with commas; read unless given',
      choices: ['read', 'ingest', 'admin'],
    }),
    'expires-in': durationFlag({description: 'how long it is valid; until revoked unless given'}),
  }
  protected override whenAbsent = 'make' as const

  protected override columns = createdTokenColumns

  async run() {
    const {organization, args, flags} = this
    const client = await this.client()
    const {token, value} = await client.call('token.create', {
      organization,
      name: args.name,
      user: flags.user,
      expiresInMs: flags['expires-in'],
      ...(flags.scope && {scopes: flags.scope}),
    })
    const whose = token.user === null ? 'a machine' : token.user
    this.notice(`${token.name} is a token of ${whose} in ${token.organization}: ${token.scopes.join(', ')}`)
    this.notice('its value is shown this once; hookctl on another machine takes it as HOOKCTL_TOKEN')
    this.tellSecret(value, 'token', 'value')
    return this.done({...token, value}, value, [`hookctl token revoke ${token.id}`])
  }
}
