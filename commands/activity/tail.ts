import {HookctlCommand} from '../../src/cli/base-command.ts'
import {activityTailColumns} from '../../src/cli/columns/event.ts'
import {countFlag, switchFlag, textFlag, timeFlag} from '../../src/cli/flags.ts'
import {STREAM_FORMATS} from '../../src/cli/output/formats.ts'
import {sayConnection, tailActivity} from '../../src/cli/tailing.ts'

export default class ActivityTail extends HookctlCommand<typeof ActivityTail> {
  static override summary = 'follow changes as they are made'
  static override description = 'Every change of every tracked object, one sentence each, until Ctrl-C.'
  static override examples = ['<%= config.bin %> activity tail', '<%= config.bin %> activity tail --since 1h --json']
  static override flags = {
    since: timeFlag({description: 'from this time on, like 2h, 2026-03-01 or RFC 3339'}),
    cursor: textFlag({description: 'where to go on, from the page before', helpValue: 'CURSOR'}),
    count: countFlag,
    'no-follow': switchFlag({description: 'end when everything recorded so far was printed'}),
  }
  protected override columns = activityTailColumns
  protected override formats = STREAM_FORMATS

  async run() {
    const client = await this.client()
    const watch = sayConnection(client, text => this.notice(text))
    return this.stream(tailActivity(client, this.organization, this.flags, this.interruption(), watch))
  }
}
