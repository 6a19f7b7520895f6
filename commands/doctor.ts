import {HookctlCommand} from '../src/cli/base-command.ts'
import {openClient} from '../src/cli/context.ts'
import {examine} from '../src/cli/doctor/examine.ts'
import {findingColumns} from '../src/cli/doctor/finding.ts'
import {findingsText, WHERE_TO_LOOK} from '../src/cli/doctor/text.ts'
import {switchFlag} from '../src/cli/flags.ts'

export default class Doctor extends HookctlCommand<typeof Doctor> {
  static override summary = 'check what hookctl stands on, with fixes'
  static override description =
    'Node.js, configuration, store, server, worker, webhooks, sources, deliveries, disk, clock, port, terminal and completion; with --reach also the network to the receivers. Every finding that is not ok says what to do. Changes nothing; exit 7 when a check failed.'
  static override examples = [
    '<%= config.bin %> doctor',
    'Also whether the receivers can be reached:\n<%= config.bin %> doctor --reach --json',
  ]
  static override flags = {
    reach: switchFlag({description: 'connect to where webhooks send, and send nothing'}),
  }
  protected override columns = findingColumns
  protected override needsConfig = false

  async run() {
    const findings = await examine({
      surroundings: this.surroundings,
      reach: this.flags.reach,
      readSettings: options => this.readSettings(options),
      open: settings => this.clientOf(openClient(settings, this.surroundings, this.config.version, {absent: 'refuse'})),
    })
    if (findings.some(({state}) => state === 'failed')) this.answerNo()
    const {format, fields} = this.layout
    const result =
      format === 'table' && !fields
        ? await this.answer(findings, findingsText(findings, this.paint))
        : await this.list(findings)
    const isWell = findings.every(
      ({check, state}) => state === 'ok' || !['worker', 'webhooks', 'deliveries'].includes(check),
    )
    if (!isWell) for (const line of WHERE_TO_LOOK) this.notice(line)
    return result
  }
}
