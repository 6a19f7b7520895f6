import {HookctlCommand} from '../../src/cli/base-command.ts'
import {senderSections, workerColumns} from '../../src/cli/columns/worker.ts'

export default class WorkerStatus extends HookctlCommand<typeof WorkerStatus> {
  static override summary = 'show whether deliveries are being sent, by whom'
  static override description =
    'active: a process sends. activating: switched on, but no process sends yet. inactive: switched off; events are still accepted. On PostgreSQL several processes may send: all of them are listed.'
  static override examples = ['<%= config.bin %> worker status', '<%= config.bin %> worker status --json']
  protected override columns = workerColumns

  async run() {
    const client = await this.client()
    const worker = await client.call('worker.status', {})
    return this.one(worker, this.columns, senderSections(worker))
  }
}
