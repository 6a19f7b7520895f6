import {HookctlCommand} from '../../src/cli/base-command.ts'
import {deliveryFilterFlags} from '../../src/cli/delivery-flags.ts'
import {EXIT} from '../../src/cli/exit-codes.ts'
import {durationFlag, numberFlag} from '../../src/cli/flags.ts'
import {sayConnection} from '../../src/cli/tailing.ts'

const {state: _, undelivered: __, ...filterFlags} = deliveryFilterFlags

export default class DeliveryWait extends HookctlCommand<typeof DeliveryWait> {
  static override summary = 'wait until deliveries are over, and say what did not arrive'
  static override description =
    `Waits until nothing more happens to any delivery that the filter chooses, and until there are --count of them: 0 is content with none. Without a server this process sends what is due.

Exit code 0: all were delivered, be it by a replay. 7: one was given up, or is held. 8: the time was up.`
  static override examples = [
    '<%= config.bin %> delivery wait --since 1h --timeout 1m',
    'All that one event led to:\n<%= config.bin %> delivery wait --event-id evt_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f',
    'Somebody else sends; two must come and arrive:\n<%= config.bin %> delivery wait --webhook cmdb --count 2 --timeout 30s',
  ]
  static override flags = {
    ...filterFlags,
    count: numberFlag({description: 'wait until there are so many', default: 1, min: 0, helpValue: 'N'}),
    timeout: durationFlag({description: 'how long to wait at most', default: 30_000}),
  }

  async run() {
    const {awaitChosen, sayWaited, waitedCode} = await import('../../src/cli/awaiting.ts')
    const client = await this.client()
    const watch = sayConnection(client, text => this.notice(text))
    const waited = await awaitChosen(client, this.organization, this.flags, this.interruption(), watch)
    const {sentence, lines} = sayWaited(waited, this.flags.count)
    const code = waited.aborted && this.wasInterrupted() ? EXIT.interrupted : waitedCode(waited)
    if (code !== undefined) this.exitWith(code)
    for (const line of lines) this.notice(line)
    return this.done(waited, sentence)
  }
}
