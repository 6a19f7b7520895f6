import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument} from '../../src/cli/flags.ts'

export default class ReplayPause extends HookctlCommand<typeof ReplayPause> {
  static override summary = 'hand nothing more of a replay over until it is resumed'
  static override description = 'What was handed over already is sent; a second of it at most.'
  static override examples = [
    '<%= config.bin %> replay pause rpl_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f',
    '<%= config.bin %> replay pause rpl_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f --json',
  ]
  static override args = {replay: argument({description: 'id of the replay'})}

  async run() {
    const client = await this.client()
    const replay = await client.call('replay.pause', {organization: this.organization, replay: this.args.replay})
    return this.done(replay, `paused ${replay.id}: ${replay.waiting} still to be sent`, [
      `hookctl replay resume ${replay.id}`,
    ])
  }
}
