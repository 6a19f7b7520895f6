import {HookctlCommand} from '../../src/cli/base-command.ts'
import {choiceFlag, repeatFlag, switchFlag, textFlag} from '../../src/cli/flags.ts'
import {proxyNotices} from '../../src/cli/serving.ts'
import {targetProxy} from '../../src/cli/targets.ts'
import {work} from '../../src/cli/working.ts'

export default class WorkerRun extends HookctlCommand<typeof WorkerRun> {
  static override summary = 'send deliveries from this process, no server'
  static override description =
    "Sends what is due until Ctrl-C (exit code 130) or SIGTERM (0); with --drain until nothing is due any more. From a file one process at a time sends: refused while another one does. From PostgreSQL any number do. With --listen it answers GET /healthz and, to a token of scope read, GET /metrics there: what this process sends is in no server's counters."
  static override examples = [
    '<%= config.bin %> worker run',
    'Send what is due now and end:\n<%= config.bin %> worker run --drain',
    'Tell Prometheus what this process sends:\n<%= config.bin %> worker run --listen 127.0.0.1:8701',
  ]
  static override flags = {
    drain: switchFlag({description: 'end when nothing is due'}),
    listen: textFlag({description: 'address and port to listen on', helpValue: 'HOST:PORT'}),
    'host-name': repeatFlag({
      description: 'another name it may be called by, for a proxy in front',
      helpValue: 'NAME',
      dependsOn: ['listen'],
    }),
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
