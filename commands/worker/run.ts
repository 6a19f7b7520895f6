import {HookctlCommand} from '../../src/cli/base-command.ts'
import {choiceFlag, switchFlag} from '../../src/cli/flags.ts'
import {proxyNotices} from '../../src/cli/serving.ts'
import {targetProxy} from '../../src/cli/targets.ts'
import {work} from '../../src/cli/working.ts'

export default class WorkerRun extends HookctlCommand<typeof WorkerRun> {
  static override summary = 'send deliveries from this process, no server'
  static override description =
    'Sends what is due until Ctrl-C (exit code 130) or SIGTERM (0); with --drain until nothing is due any more. From a file one process at a time sends: refused while another one does. From PostgreSQL any number do.'
  static override examples = [
    '<%= config.bin %> worker run',
    'Send what is due now and end:\n<%= config.bin %> worker run --drain',
  ]
  static override flags = {
    drain: switchFlag({description: 'end when nothing is due'}),
    'log-level': choiceFlag({
      description: 'what is logged to stderr, as JSON lines',
      choices: ['debug', 'info', 'warn', 'error', 'silent'],
      default: 'warn',
    }),
  }

  async run() {
    const stop = this.interruption()
    const embedded = await this.embedded(stop)
    for (const line of proxyNotices(targetProxy(this.settings))) this.notice(line)
    const {deliveries} = await work(embedded, this.flags, stop, this.organization, text => this.notice(text))
    if (this.wasInterrupted()) this.endInterrupted()
    return this.done(deliveries, `stopped; unfinished deliveries: ${deliveries.unfinished}`)
  }
}
