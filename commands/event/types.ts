import {HookctlCommand} from '../../src/cli/base-command.ts'
import {exampleFlag} from '../../src/cli/event-flags.ts'
import {optionalArgument, wholeLimitFlag} from '../../src/cli/flags.ts'
import {knownTypes} from '../../src/cli/own-types.ts'
import {prettyJson} from '../../src/cli/pretty.ts'
import {platformFlag} from '../../src/cli/webhook-flags.ts'

export default class EventTypes extends HookctlCommand<typeof EventTypes> {
  static override summary = 'list event types: your own and those of the platforms'
  static override description =
    'Your own, which event-type create describes, come first. With --platform only what that one knows.'
  static override examples = [
    '<%= config.bin %> event types --platform catalyst',
    'An example to send as it is:\n<%= config.bin %> event types node.added --example --json',
  ]
  static override args = {type: optionalArgument({description: 'event type, like node.added'})}
  static override flags = {
    platform: platformFlag,
    example: exampleFlag,
    limit: wholeLimitFlag,
  }
  protected override columns = [{key: 'name', whole: true}, {key: 'platform'}, {key: 'category'}, {key: 'summary'}]
  protected override whenAbsent = 'pretend' as const

  async run() {
    const {organization, args, flags} = this
    const client = await this.client()
    const items = await knownTypes(client, {organization, platform: flags.platform, type: args.type})
    const [first] = items
    if (args.type !== undefined && flags.example && first)
      return this.one(first, this.columns, [
        {title: 'Example', text: prettyJson(first.example)},
        ...(first.samples ?? []).map(({title, example}) => ({title: `Example: ${title}`, text: prettyJson(example)})),
      ])
    const list = await this.listWhole(items)
    if (args.type !== undefined && first) this.hint(`next: hookctl event send ${args.type} --example`)
    return list
  }
}
