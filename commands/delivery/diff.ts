import {HookctlCommand} from '../../src/cli/base-command.ts'
import {diffedColumns, differenceColumns, told} from '../../src/cli/columns/diff.ts'
import {changeSinceColumns} from '../../src/cli/columns/why.ts'
import {argument, optionalArgument, switchFlag} from '../../src/cli/flags.ts'
import {section} from '../../src/cli/output/print.ts'

export default class DeliveryDiff extends HookctlCommand<typeof DeliveryDiff> {
  static override summary = 'show what differed between two attempts or deliveries'
  static override description =
    `URL, headers, body (field by field where it is JSON), the configuration of the webhook at each moment, the secrets that signed (by fingerprint), the answer; and who changed the webhook in between. With one delivery: its last failure and the success after it, be it of a replay.

Write dlv_… for the last attempt of a delivery, dlv_…#2 for its second one, att_… for that attempt. What is another one each time (the id of a delivery, a signature) is left out unless --expected.`
  static override examples = [
    '<%= config.bin %> delivery diff dlv_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f dlv_0198c2f4b7e07c11a2b3c4d5e6f70819',
    'Two attempts of one delivery:\n<%= config.bin %> delivery diff dlv_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f#1 dlv_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f#2',
    'Why did it work after all:\n<%= config.bin %> delivery diff dlv_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f',
  ]
  static override args = {
    delivery: argument({description: 'delivery or attempt: dlv_…, dlv_…#2, att_…'}),
    other: optionalArgument({description: 'the one to compare it with'}),
  }
  static override flags = {
    expected: switchFlag({description: 'also what is another one each time'}),
  }

  async run() {
    const {args, flags} = this
    const client = await this.client()
    const diff = await client.call('delivery.diff', {
      organization: this.organization,
      delivery: args.delivery,
      with: args.other,
    })
    const differences = diff.differences.filter(({expected}) => flags.expected || !expected)
    const result = {...diff, differences}
    if (differences.length === 0) this.notice('nothing differs')
    return this.one(result, diffedColumns, [
      section('Differences', told(differences), differenceColumns),
      section('Changes of the webhook between them', diff.changes, changeSinceColumns),
    ])
  }
}
