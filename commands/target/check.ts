import {HookctlCommand} from '../../src/cli/base-command.ts'
import {argument, choiceFlag, listFlag, repeatFlag} from '../../src/cli/flags.ts'
import {section} from '../../src/cli/output/print.ts'
import {addressColumns, checkedColumns, checkTarget, parseAddresses} from '../../src/cli/target-check.ts'
import {ownListeners, targetPolicy, targetProxy} from '../../src/cli/targets.ts'

export default class TargetCheck extends HookctlCommand<typeof TargetCheck> {
  static override summary = 'say whether a URL may be delivered to, and why'
  static override description =
    'Follows the way of a delivery without sending anything: the name, its addresses, the tier of each, the rule that decides. Judged by the settings targets.* of this machine, which is the one that counts where hookctl sends from here. Exit code 0 means allowed, 7 refused.'
  static override examples = [
    '<%= config.bin %> target check http://127.0.0.1:9000/in',
    'What a server for the internet would say, with an exception:\n<%= config.bin %> target check http://n8n:5678/in --policy public --allow host:n8n:5678 --resolve n8n=172.18.0.5',
  ]
  static override args = {url: argument({description: 'URL to check'})}
  static override flags = {
    policy: choiceFlag({
      description: 'in place of the setting targets.policy',
      choices: ['local', 'public'],
    }),
    allow: listFlag({description: 'in place of targets.allow, like 10.0.0.0/8', helpValue: 'RULES'}),
    deny: listFlag({description: 'in place of targets.deny, like 100.64.0.0/10', helpValue: 'RULES'}),
    resolve: repeatFlag({description: 'what a name leads to, in place of asking', helpValue: 'HOST=ADDR[,ADDR]'}),
  }
  protected override columns = checkedColumns

  async run() {
    const {policy, allow, deny, resolve = []} = this.flags
    const checked = await checkTarget(this.args.url, {
      policy: targetPolicy(this.settings, {policy, allow, deny}),
      proxy: targetProxy(this.settings),
      addresses: parseAddresses(resolve),
      own: await ownListeners(this.settings),
    })
    if (!checked.allowed) this.answerNo()
    return this.one(checked, this.columns, [section('Addresses', checked.addresses, addressColumns)])
  }
}
