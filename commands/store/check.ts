import {HookctlCommand} from '../../src/cli/base-command.ts'
import {switchFlag, writtenFlag} from '../../src/cli/flags.ts'
import {storeCare} from '../../src/cli/store-care.ts'

export default class StoreCheck extends HookctlCommand<typeof StoreCheck> {
  static override summary = 'look whether the store is sound'
  static override description =
    'Reads all of it, also while a server runs, and changes nothing: pages and indexes of a file, counts that are kept against what is there, rows against what they refer to. Exit code 7 when something is wrong; what to do about it is said on stderr.'
  static override examples = [
    '<%= config.bin %> store check',
    'What can still be read of a damaged store, into a new one:\n<%= config.bin %> store check --salvage saved.db',
  ]
  static override flags = {
    quick: switchFlag({description: 'leave out whether every index has every row'}),
    recount: switchFlag({description: 'set wrong counts right'}),
    salvage: writtenFlag({description: 'copy what can be read into this new store', helpValue: 'FILE'}),
  }

  async run() {
    const {quick, recount, salvage} = this.flags
    const care = await storeCare(this.settings)
    if (salvage !== undefined) {
      const saved = await care.salvage(this.path(salvage))
      const lost = saved.lost > 0 ? `; ${saved.lost} more could not be read` : ''
      return this.done(saved, `saved ${saved.rows} rows into ${saved.file}${lost}`, [
        `hookctl store check --store ${saved.file}`,
        `hookctl store restore ${saved.file}`,
      ])
    }
    if (recount) {
      const wrong = await care.recount()
      this.notice(wrong === 1 ? '1 count was wrong and is right now' : `${wrong} counts were wrong and are right now`)
    }
    const report = await care.check({quick})
    if (report.problems.length === 0) {
      return this.done(
        {ok: true, ...report},
        `${report.file} is sound: ${report.deliveries} deliveries, schema ${report.schema}`,
      )
    }
    this.answerNo()
    const isDamaged = report.problems.some(({kind}) => kind !== 'counts')
    this.notice(`next: ${isDamaged ? care.cure : 'hookctl store check --recount'}`)
    return this.done(
      {ok: false, ...report},
      report.problems.map(({kind, detail}) => `${kind}: ${detail}`),
    )
  }
}
