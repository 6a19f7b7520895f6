import type {Output} from '../../src/api/operations.ts'
import {HookctlCommand} from '../../src/cli/base-command.ts'
import {describeRetry, describeSuccess, whenOff} from '../../src/cli/columns/webhook.ts'
import {argument} from '../../src/cli/flags.ts'
import type {Column} from '../../src/cli/output/column.ts'
import {section} from '../../src/cli/output/print.ts'

const platformColumns: readonly Column<Output<'platform.show'>>[] = [
  {key: 'name'},
  {key: 'title'},
  {key: 'version'},
  {key: 'versions'},
  {key: 'modes'},
  {key: 'method'},
  {key: 'contentType', title: 'content type'},
  {key: 'success', value: ({policies}) => describeSuccess(policies.success)},
  {key: 'retry', value: ({policies}) => describeRetry(policies.retry)},
  {key: 'whenOff', title: 'when off', value: ({policies}) => whenOff[policies.offSwitch]},
  {key: 'signature', value: ({policies}) => policies.signature?.scheme ?? 'none'},
  {key: 'locked'},
]

export default class PlatformShow extends HookctlCommand<typeof PlatformShow> {
  static override summary = 'show what a platform decides for a new webhook'
  static override examples = [
    '<%= config.bin %> platform show catalyst',
    '<%= config.bin %> platform show netbox@2.6 --json',
  ]
  static override args = {platform: argument({description: 'name of the platform, with a version or without'})}
  protected override columns = platformColumns
  protected override whenAbsent = 'pretend' as const

  async run() {
    const client = await this.client()
    const platform = await client.call('platform.show', {platform: this.args.platform})
    const catalog = [{key: 'name', whole: true}, {key: 'category'}, {key: 'summary'}]
    const shown = await this.one(platform, this.columns, [section('Event types', platform.catalog, catalog)])
    this.hint(`next: hookctl webhook create --platform ${platform.name}@${platform.version}`)
    return shown
  }
}
