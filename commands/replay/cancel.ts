import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument, yesFlag} from '../../src/cli/flags.ts'

export default class ReplayCancel extends HookctlCommand<typeof ReplayCancel> {
  static override summary = 'end a replay: what is still to be sent is not'
  static override description =
    'Nothing more is handed over, and its deliveries that are not over, also their retries, are cancelled.'
  static override examples = [
    '<%= config.bin %> replay cancel rpl_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f --yes',
    '<%= config.bin %> replay cancel rpl_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f --yes --json',
  ]
  static override args = {replay: argument({description: 'id of the replay'})}
  static override flags = {...yesFlag}

  async run() {
    await this.confirm(`cancel replay ${this.args.replay}?`, this.flags.yes)
    const client = await this.client()
    const {delivered, ...replay} = await client.call('replay.cancel', {
      organization: this.organization,
      replay: this.args.replay,
    })
    return this.done({delivered, ...replay}, `cancelled ${replay.id}: ${delivered} of ${replay.total} were delivered`)
  }
}
