import {HookctlCommand} from '../../src/cli/base-command.ts'
import {deliveryColumns} from '../../src/cli/columns/delivery.ts'
import {deliveryFilterFlags, deliveryFilterFrom} from '../../src/cli/delivery-flags.ts'
import {exportDeliveries} from '../../src/cli/export-deliveries.ts'
import {switchFlag} from '../../src/cli/flags.ts'
import {EXPORT_FORMATS} from '../../src/cli/output/formats.ts'

export default class DeliveryExport extends HookctlCommand<typeof DeliveryExport> {
  static override summary = 'write every delivery that a filter finds, a line each'
  static override description =
    'All there are, newest first, as they are read: however many, memory stays small. A line is the JSON that "delivery list" has for it; --details adds what "delivery show" knows: its events, the body, and every attempt with request and answer. Credentials are masked.'
  static override examples = [
    '<%= config.bin %> delivery export --since 30d > deliveries.jsonl',
    'Every attempt that a receiver refused, for another program:\n<%= config.bin %> delivery export --webhook cmdb --status 4xx --details | jq -c .attempts',
    'For a spreadsheet:\n<%= config.bin %> delivery export -o tsv --fields id,state,webhook,createdAt',
  ]
  static override flags = {
    ...deliveryFilterFlags,
    details: switchFlag({description: 'with the events, the body and every attempt of each'}),
  }
  protected override columns = deliveryColumns
  protected override formats = EXPORT_FORMATS

  async run() {
    const {details} = this.flags
    const filter = {organization: this.organization, ...deliveryFilterFrom(this.flags)}
    const signal = this.interruption()
    const count = await this.stream(exportDeliveries(await this.client(), filter, {details, signal}))
    // Also by SIGTERM: what was written is not all of it.
    if (signal.aborted) this.endInterrupted()
    return count
  }
}
