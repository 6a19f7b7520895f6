import {HookctlCommand} from '../src/cli/base-command.ts'
import {show} from '../src/cli/escape.ts'
import {switchFlag} from '../src/cli/flags.ts'
import {openStatusPage} from '../src/cli/status-page.ts'

export default class Web extends HookctlCommand<typeof Web> {
  static override summary = 'open the status page of the server'
  static override description =
    'The page shows worker, deliveries, webhooks and activity, live, with the buttons your token may use. It is opened with a code that works once and within a minute; the page then has your rights for eight hours at most, or until its tab is closed. Where there is no display, or with --no-open, the address is printed.'
  static override examples = [
    '<%= config.bin %> web',
    'The address, to open it elsewhere:\n<%= config.bin %> web --no-open',
  ]
  static override flags = {
    'no-open': switchFlag({description: 'print the address instead of opening a browser'}),
  }

  async run() {
    const client = await this.client()
    const page = await openStatusPage(client, this.surroundings, !this.flags['no-open'])
    if (page.opened) {
      return this.done(page, `opened ${page.url} in your browser`, ['nothing there? hookctl web --no-open'])
    }
    // With -q too: an address that is not told is lost.
    if (this.layout.format === 'id') await this.write(`${show(page.url)}\n`)
    else await this.answer(page, `${show(page.url)}\n`)
    this.notice('the address works once, within a minute')
    return page
  }
}
