import {HookctlCommand} from '../../src/cli/base-command.ts'
import {durationFlag, switchFlag, yesFlag} from '../../src/cli/flags.ts'
import {compact, pruneAll, prunedText, total} from '../../src/cli/pruning.ts'

export default class StorePrune extends HookctlCommand<typeof StorePrune> {
  static override summary = 'remove what is past its time'
  static override description =
    'By the retention policy (hookctl config list shows retention.*), or what is older than --older-than. Only what is over goes; what is unfinished, and what "delivery list --undelivered" shows, never. A server and "worker run" do the same by themselves every hour. Without --bodies, --records or --history all three.'
  static override examples = [
    '<%= config.bin %> store prune --dry-run',
    'Bodies and answers only, and give the room back to the disk:\n<%= config.bin %> store prune --bodies --older-than 7d --vacuum --yes',
  ]
  static override flags = {
    'dry-run': switchFlag({description: 'say what would be done and do nothing'}),
    bodies: switchFlag({description: 'what was sent and answered, and the data of events'}),
    records: switchFlag({description: 'deliveries with their attempts, and events'}),
    history: switchFlag({description: 'the history of changes'}),
    'older-than': durationFlag({description: 'in place of the ages of the policy'}),
    vacuum: switchFlag({description: 'give free room back to the disk; everything else waits meanwhile'}),
    ...yesFlag,
  }

  async run() {
    const {flags} = this
    const client = await this.client()
    const kinds = (['bodies', 'records', 'history'] as const).filter(kind => flags[kind])
    const asked = {
      ...(kinds.length > 0 && {kinds}),
      ...(flags['older-than'] !== undefined && {olderThanMs: flags['older-than']}),
    }
    const stop = this.interruption()
    const all = (dryRun: boolean) => pruneAll(client, {...asked, dryRun}, stop, text => this.notice(text))
    if (flags['dry-run']) {
      const would = await all(true)
      return this.done({dryRun: true, pruned: would}, `would remove ${prunedText(would)}`, ['hookctl store prune'])
    }
    if (!flags.yes) {
      const would = await all(true)
      if (total(would) > 0) await this.confirm(`remove ${prunedText(would)}?`, false)
    }
    const pruned = await all(false)
    const freed = flags.vacuum ? await compact(client) : null
    const lines = [`removed ${prunedText(pruned)}`, ...(freed === null ? [] : [freed.text])]
    return this.done({dryRun: false, pruned, freedBytes: freed?.bytes ?? null}, lines)
  }
}
