import {HookctlCommand} from '../../src/cli/base-command.ts'
import {EXIT} from '../../src/cli/exit-codes.ts'
import {durationFlag} from '../../src/cli/flags.ts'
import {sayConnection} from '../../src/cli/tailing.ts'

export default class WorkerDrain extends HookctlCommand<typeof WorkerDrain> {
  static override summary = 'let what is due be sent, then switch sending off'
  static override description =
    `Before maintenance: waits until nothing is due and nothing on its way, in any organization, then does what "worker disable" does. Retries that are planned for later are not waited for. Without a server this process sends what is due. Refused when sending is off already, or nobody sends.

Exit code 0: drained, and off. 8: the time was up; sending is still on.`
  static override examples = [
    '<%= config.bin %> worker drain',
    'With all the time it takes:\n<%= config.bin %> worker drain --timeout 1h --json',
  ]
  static override flags = {
    timeout: durationFlag({description: 'how long to wait at most', default: 30_000}),
  }
  protected override whenAbsent = 'make' as const

  async run() {
    const {drainedSentence, drainWorker} = await import('../../src/cli/draining.ts')
    const client = await this.client()
    const watch = sayConnection(client, text => this.notice(text))
    const drained = await drainWorker(client, {timeoutMs: this.flags.timeout, signal: this.interruption(), watch})
    if (!drained.drained) this.exitWith(this.wasInterrupted() ? EXIT.interrupted : EXIT.timeout)
    return this.done(drained, drainedSentence(drained, this.wasInterrupted()), [
      drained.drained ? 'hookctl worker enable' : 'hookctl worker queues',
    ])
  }
}
