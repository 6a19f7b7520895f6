import {HookctlCommand} from '../../src/cli/base-command.ts'

export default class WorkerEnable extends HookctlCommand<typeof WorkerEnable> {
  static override summary = 'switch sending on'
  static override description =
    'What waited is sent in its order. Refused when it is on already: there is nothing to do.'
  static override examples = ['<%= config.bin %> worker enable', '<%= config.bin %> worker enable --json']
  protected override whenAbsent = 'make' as const

  async run() {
    const client = await this.client()
    const worker = await client.call('worker.enable', {})
    return this.done(worker, `sending is on: ${worker.state}`, ['hookctl worker status'])
  }
}
