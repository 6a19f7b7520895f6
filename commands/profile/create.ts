import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument, textFlag} from '../../src/cli/flags.ts'
import {createProfile, profileFromFlags} from '../../src/cli/stored-settings.ts'

export default class ProfileCreate extends HookctlCommand<typeof ProfileCreate> {
  static override summary = 'create a profile: settings under one name'
  static override description = 'Holds the --server, --store and --organization given here; use it with --profile NAME.'
  static override examples = [
    '<%= config.bin %> profile create production --server https://hooks.example.net',
    'With its token, from a file:\n<%= config.bin %> profile create staging --server https://staging.example.net --token-file token.txt',
  ]
  static override args = {name: argument({description: 'name of the profile'})}
  static override flags = {
    'token-file': textFlag({description: 'file that holds the token, - for stdin', helpValue: 'FILE'}),
  }

  async run() {
    const profile = await profileFromFlags(this.flags, this.surroundings)
    await createProfile(this.surroundings, this.args.name, profile)
    return this.done({id: this.args.name}, `created profile ${this.args.name}`, [
      `hookctl profile use ${this.args.name}`,
    ])
  }
}
