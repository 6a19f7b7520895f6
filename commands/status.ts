import {HookctlCommand} from '../src/cli/base-command.ts'
import {statusColumns} from '../src/cli/columns/worker.ts'

export default class Status extends HookctlCommand<typeof Status> {
  static override summary = 'show worker, backlog and store at a glance'
  static override description =
    'deliveries.unfinished under --json counts what is still to be sent. hookctl answers from the server where one runs, else from the store itself; the line on stderr says which.'
  static override examples = ['<%= config.bin %> status', '<%= config.bin %> status --json']
  protected override columns = statusColumns

  async run() {
    const client = await this.client()
    const answer = await client.call('status.show', {organization: this.organization})
    const {kind, location} = client.target
    this.notice(kind === 'http' ? `answered by the server at ${location}` : `no server runs; answered from ${location}`)
    return this.one(answer)
  }
}
