import {HookctlCommand} from '../../src/cli/base-command.ts'

export default class WorkerDisable extends HookctlCommand<typeof WorkerDisable> {
  static override summary = 'switch sending off'
  static override description =
    'Events are still accepted, their deliveries wait. What is in flight is finished. Refused when it is off already: there is nothing to do.'
  static override examples = ['<%= config.bin %> worker disable', '<%= config.bin %> worker disable --json']
  protected override whenAbsent = 'make' as const

  async run() {
    const client = await this.client()
    const worker = await client.call('worker.disable', {})
    return this.done(worker, `sending is off: ${worker.state}`, ['hookctl worker status'])
  }
}
