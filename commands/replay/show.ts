import {replayColumns} from '../../src/cli/columns/replay.ts'
import {argument, durationFlag, switchFlag} from '../../src/cli/flags.ts'
import {ReplayCommand} from '../../src/cli/replay-command.ts'

export default class ReplayShow extends ReplayCommand<typeof ReplayShow> {
  static override summary = 'show how far a replay is, and how its deliveries went'
  static override description =
    'With --wait it is followed until nothing more will happen: exit 0 when all were delivered, 7 when one was not, 8 when the time was up. Its deliveries: hookctl delivery list --replay ID.'
  static override examples = [
    '<%= config.bin %> replay show rpl_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f',
    '<%= config.bin %> replay show rpl_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f --wait --timeout 10m --json',
  ]
  static override args = {replay: argument({description: 'id of the replay'})}
  static override flags = {
    wait: switchFlag({description: 'wait until nothing more will happen'}),
    timeout: durationFlag({description: 'how long to wait at most'}),
  }
  protected override columns = replayColumns

  async run() {
    const {organization, args, flags} = this
    const client = await this.client()
    const replay = await client.call('replay.show', {organization, replay: args.replay})
    if (!flags.wait)
      return this.one(
        replay,
        replayColumns.map(column => ({...column, wide: false})),
      )
    return this.answerReplay(replay, {wait: true, timeout: flags.timeout})
  }
}
