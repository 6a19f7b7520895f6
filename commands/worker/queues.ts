import {HookctlCommand} from '../../src/cli/base-command.ts'
import {domainColumns, queueColumns} from '../../src/cli/columns/worker.ts'
import {choiceFlag, textFlag} from '../../src/cli/flags.ts'

export default class WorkerQueues extends HookctlCommand<typeof WorkerQueues> {
  static override summary = 'show what waits, per webhook and per domain'
  static override description =
    'Each webhook has a queue of its own, oldest first here. A domain is the context that webhooks are scoped to: a customer, a tenant, a site. What is in flight is known only where the server answers.'
  static override examples = [
    '<%= config.bin %> worker queues',
    'Summed per domain:\n<%= config.bin %> worker queues --by domain',
    'Only one domain:\n<%= config.bin %> worker queues --domain isp.example.com --json',
  ]
  static override flags = {
    by: choiceFlag({
      description: 'what each line is about',
      choices: ['webhook', 'domain'],
      default: 'webhook',
    }),
    domain: textFlag({description: 'only the webhooks of this context', helpValue: 'ID'}),
  }
  protected override columns = queueColumns

  async run() {
    const {organization, flags} = this
    const client = await this.client()
    const {domains, queues} = await client.call('worker.queues', {organization, domain: flags.domain})
    return flags.by === 'domain' ? this.list(domains, domainColumns) : this.list(queues)
  }
}
