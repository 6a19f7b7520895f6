import {HookctlCommand} from '../../src/cli/base-command.ts'
import {readJson} from '../../src/cli/bytes.ts'
import {misfitColumns} from '../../src/cli/columns/event-type.ts'
import {eventFlags} from '../../src/cli/event-flags.ts'
import {eventTypeFrom, schemaFlag} from '../../src/cli/event-type-flags.ts'
import {argument, numberFlag, rangeFlags} from '../../src/cli/flags.ts'
import {section} from '../../src/cli/output/print.ts'

export default class EventTypeCheck extends HookctlCommand<typeof EventTypeCheck> {
  static override summary = 'say whether data fits the schema of an event type'
  static override description =
    `The data given, or that of the events of this type that are there, the newest thousand unless --last says otherwise. With --schema: whether it would fit that one, also of a type that is not described yet. Nothing is stored.

Exit code 0: all of it fits. 7: some does not.`
  static override examples = [
    'In a pipeline, before anything is sent:\n<%= config.bin %> event-type check order.created --data @order.json',
    'Whether a stricter schema would refuse what came in this week:\n<%= config.bin %> event-type check order.created --schema @order.schema.json --since 7d',
  ]
  static override args = {type: argument({description: 'event type, like node.added'})}
  static override flags = {
    data: {...eventFlags.data, exclusive: ['since', 'last']},
    schema: schemaFlag,
    since: rangeFlags.since,
    last: numberFlag({description: 'how many events to look at, the newest', min: 1, max: 10_000, helpValue: 'N'}),
  }
  protected override columns = [{key: 'checked', title: 'events checked'}, {key: 'fits'}]

  async run() {
    const {organization, args, flags} = this
    const data = flags.data === undefined ? undefined : await readJson('data', flags.data, this.surroundings)
    const {schema} = await eventTypeFrom({schema: flags.schema}, this.surroundings)
    const client = await this.client()
    const {last, since} = flags
    const question = {organization, eventType: args.type, data, schema, since}
    const result = await client.call('eventType.check', last === undefined ? question : {...question, limit: last})
    const {checked, fits, misfits} = result
    if (fits < checked) this.answerNo()
    if (flags.data !== undefined) return this.done(result, misfits[0]?.problems ?? 'it fits')
    if (checked === 0) this.notice(`there is no event of the type ${args.type} whose data is kept`)
    if (misfits.length < checked - fits) this.notice(`showing the newest ${misfits.length} that do not fit`)
    return this.one(result, this.columns, [section('Does not fit', misfits, misfitColumns)])
  }
}
