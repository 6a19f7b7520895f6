import {HookctlCommand} from '../../src/cli/base-command.ts'
import {tailColumns} from '../../src/cli/columns/delivery.ts'
import {deliveryFilterFlags} from '../../src/cli/delivery-flags.ts'
import {countFlag, switchFlag, textFlag} from '../../src/cli/flags.ts'
import {STREAM_FORMATS} from '../../src/cli/output/formats.ts'
import {sayConnection, tailDeliveries, wantsScreen} from '../../src/cli/tailing.ts'

// It has no end in time but --count.
const {until: _, ...filterFlags} = deliveryFilterFlags

export default class DeliveryTail extends HookctlCommand<typeof DeliveryTail> {
  static override summary = 'follow deliveries as they happen'
  static override description =
    'On a terminal the whole screen, with keys to look at a delivery, send it again, copy its request and filter; ? tells them, and each has a command that does the same. With --no-screen and off a terminal one line for each attempt and each skipped delivery, from now on or from --cursor or --since. Follows a durable record: a server that restarts leaves no gap. Every line of --json carries the cursor to go on from.'
  static override examples = [
    '<%= config.bin %> delivery tail',
    'The next failure, for a script:\n<%= config.bin %> delivery tail --failed --count 1 --json',
  ]
  static override flags = {
    ...filterFlags,
    failed: switchFlag({description: 'only what was not delivered'}),
    cursor: textFlag({description: 'where to go on, from the page before', helpValue: 'CURSOR'}),
    count: countFlag,
    'no-follow': switchFlag({description: 'end when everything recorded so far was printed'}),
    'no-screen': switchFlag({description: 'lines also on a terminal'}),
  }
  protected override columns = tailColumns
  protected override formats = STREAM_FORMATS

  async run() {
    const {organization, flags, surroundings} = this
    const client = await this.client()
    const signal = this.interruption()
    if (wantsScreen(flags, surroundings)) {
      const {tailOnScreen} = await import('../../src/cli/screen/tail-screen.ts')
      const layout = await this.layoutInZone()
      const {interrupted} = await tailOnScreen({client, organization, flags, layout, surroundings, signal})
      if (interrupted || this.wasInterrupted()) this.endInterrupted()
      return
    }
    const watch = sayConnection(client, text => this.notice(text))
    return this.stream(tailDeliveries(client, organization, flags, signal, watch))
  }
}
