import {HookctlCommand} from '../src/cli/base-command.ts'
import {statusColumns, watchColumns} from '../src/cli/columns/status.ts'
import {EXIT} from '../src/cli/exit-codes.ts'
import {countFlag, durationFlag, switchFlag} from '../src/cli/flags.ts'
import {answeredBy, drawStatus, eachTold, statusParts, watchStatus} from '../src/cli/watching.ts'

export default class Status extends HookctlCommand<typeof Status> {
  static override summary = 'show worker, backlog, webhooks and store at a glance'
  static override description =
    'Exit 7 when something is wrong: sending is off, late or done by nobody, a webhook fails or is paused because it did, the disk is nearly full. deliveries.unfinished under --json counts what is still to be sent. hookctl answers from the server where one is configured or runs on the file, else from the store itself; the line on stderr says which.'
  static override examples = [
    '<%= config.bin %> status',
    'Until Ctrl-C; off a terminal a line each time:\n<%= config.bin %> status --watch --every 5s',
    '<%= config.bin %> status --json',
  ]
  static override flags = {
    watch: switchFlag({description: 'again and again, until Ctrl-C'}),
    every: durationFlag({description: 'how long to wait in between; 2s unless said', dependsOn: ['watch']}),
    count: {...countFlag, dependsOn: ['watch']},
  }
  protected override columns = statusColumns

  async run() {
    const {organization, flags, layout} = this
    const client = await this.client()
    if (flags.watch) {
      const asked = watchStatus(client, organization, flags, this.interruption(), text => this.notice(text))
      const watched = eachTold(asked, ({healthy}) => this.exitWith(healthy ? EXIT.done : EXIT.answerNo))
      if (layout.format !== 'table') return this.stream(watched, watchColumns)
      await drawStatus(watched, await this.layoutInZone(), this.surroundings)
      if (this.wasInterrupted()) this.exitWith(EXIT.interrupted)
      return
    }
    const answer = await client.call('status.show', {organization})
    this.notice(answeredBy(client.target, answer))
    for (const warning of answer.store.warnings) this.notice(`warning: ${warning}`)
    if (!answer.healthy) this.answerNo()
    return this.one(answer, ...statusParts(answer, layout))
  }
}
