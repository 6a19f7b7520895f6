import {HookctlCommand} from '../src/cli/base-command.ts'
import {rowsBy, statisticsColumns, withoutPictures} from '../src/cli/columns/statistics.ts'
import {deliveryFilterFlags, deliveryFilterFrom} from '../src/cli/delivery-flags.ts'
import {choiceFlag, limitFlag} from '../src/cli/flags.ts'
import {inkOf} from '../src/cli/plots.ts'
import {statisticsText} from '../src/cli/stats-text.ts'

export default class Stats extends HookctlCommand<typeof Stats> {
  static override summary = 'count attempts, outcomes and latencies'
  static override description =
    'Of the last 24 hours unless --since says more. Every attempt counts, retries and replays too; latencies are of those that got an answer, and percentiles are within 10% of the exact ones. Counts are kept as attempts are recorded: by the hour for 14 days, then by the day for 400, so that --since and --until mean whole hours or days (UTC). --status and --class are of the attempt. Other filters than --webhook, --event, --status, --class and --trigger are answered from the attempts themselves: that takes longer the more there were in that time, and reaches back as far as they are kept.'
  static override examples = [
    '<%= config.bin %> stats',
    'What failed in a week, by class of error:\n<%= config.bin %> stats --by class --since 7d --webhook cmdb',
    'Only what concerns one object:\n<%= config.bin %> stats --object Node:7 --since 7d --by status',
    'Numbers for a script:\n<%= config.bin %> stats --by event --json | jq .total.latencyMs.p95',
  ]
  static override flags = {
    by: choiceFlag({
      description: 'what each line is about',
      choices: ['webhook', 'event', 'class', 'status', 'time'],
      default: 'webhook',
    }),
    ...deliveryFilterFlags,
    limit: limitFlag,
  }
  protected override columns = statisticsColumns('name', inkOf({env: {}}))

  async run() {
    const {flags, organization} = this
    const {by, limit} = flags
    const filter = {organization, ...deliveryFilterFrom(flags), limit}
    const client = await this.client()
    const answer = await client.call('stats.show', {...filter, by: by === 'time' ? 'webhook' : by})
    const more = answer.groupCount - answer.groups.length
    if (more > 0 && by !== 'time') this.notice(`${more} more with fewer attempts: --limit ${answer.groupCount}`)
    const {format, fields} = this.layout
    const ink = inkOf(this.surroundings)
    if (fields === undefined && (format === 'json' || format === 'yaml')) return this.answer(answer, '')
    if (fields === undefined && format === 'table') {
      return this.answer(answer, await statisticsText(answer, by, this.layout, ink))
    }
    return this.list(rowsBy(by, answer), withoutPictures(statisticsColumns(by, ink)))
  }
}
