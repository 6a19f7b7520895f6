import {argument, durationFlag, switchFlag} from '../../src/cli/flags.ts'
import {ReplayCommand} from '../../src/cli/replay-command.ts'

export default class ReplayResume extends ReplayCommand<typeof ReplayResume> {
  static override summary = 'go on with a replay that was paused or whose process died'
  static override description =
    'Goes on where it was: what was handed over is not handed over again. A server goes on by itself with what was not paused; without one this command sends. With --wait: exit 0 when all were delivered, 7 when one was not, 8 when the time was up.'
  static override examples = [
    '<%= config.bin %> replay resume rpl_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f',
    '<%= config.bin %> replay resume rpl_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f --wait',
  ]
  static override args = {replay: argument({description: 'id of the replay'})}
  static override flags = {
    wait: switchFlag({description: 'wait until nothing more will happen'}),
    timeout: durationFlag({description: 'how long to wait at most'}),
  }

  async run() {
    const {organization, args, flags} = this
    const client = await this.client()
    const replay = await client.call('replay.resume', {organization, replay: args.replay})
    return this.answerReplay(replay, {wait: flags.wait, timeout: flags.timeout})
  }
}
