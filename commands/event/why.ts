import type {Output} from '../../src/api/operations.ts'
import {HookctlCommand} from '../../src/cli/base-command.ts'
import {
  changeSinceColumns,
  checkColumns,
  isReached,
  madeColumns,
  whyColumns,
  whyEventColumns,
  whyNotes,
} from '../../src/cli/columns/why.ts'
import {eventFlags, eventFrom, exampleFlag} from '../../src/cli/event-flags.ts'
import {argument, optionalArgument} from '../../src/cli/flags.ts'
import {section} from '../../src/cli/output/print.ts'
import {usageError} from '../../src/errors.ts'

const {'idempotency-key': _, source: __, ...describing} = eventFlags

export default class EventWhy extends HookctlCommand<typeof EventWhy> {
  static override summary = 'explain why a webhook gets an event, or does not'
  static override description =
    `Every condition with what was seen, by the same code that decides when an event is accepted, and what became of it. EVENT is the id of an event; or an event type with --data or --example, to ask before anything is sent. Without WEBHOOK every webhook is asked about.

Exit code 0: the webhook, or any where none is named, was sent it, or would be; 7: it was not, or would not be.`
  static override examples = [
    '<%= config.bin %> event why evt_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f cmdb',
    'Before anything is sent:\n<%= config.bin %> event why dcim.site.created cmdb --data \'{"id":54,"status":{"value":"planned"}}\'',
    'Who would get it:\n<%= config.bin %> event why dcim.site.created --example',
  ]
  static override args = {
    event: argument({description: 'id of the event, or its type to describe one'}),
    webhook: optionalArgument({description: 'id or name of the webhook'}),
  }
  static override flags = {...describing, example: exampleFlag}

  async run() {
    const {organization, args} = this
    const isStored = /^evt_/.test(args.event)
    this.#refuseDescription(isStored)
    const client = await this.client()
    const {event, items} = await client.call('event.why', {
      organization,
      webhook: args.webhook,
      ...(isStored
        ? {event: args.event}
        : {describe: await eventFrom(args.event, this.flags, client, {organization, surroundings: this.surroundings})}),
    })
    const [why] = items
    if (!items.some(each => isReached(each, isStored))) this.answerNo()
    if (args.webhook === undefined || why === undefined) return this.#everyWebhook(items)
    return this.one({event, ...why}, whyEventColumns, [
      section('Checks', why.checks, checkColumns),
      section('Deliveries', why.deliveries, madeColumns),
      section('Changes of the webhook since then', why.changedSince, changeSinceColumns),
      {title: 'Notes', text: whyNotes(why)},
    ])
  }

  /** However the event is described, all webhooks are asked: none is an organization without any. */
  async #everyWebhook(items: Output<'event.why'>['items']) {
    const answer = await this.list(items, whyColumns)
    if (items.length === 0) this.hint('next: hookctl webhook create')
    return answer
  }

  #refuseDescription(isStored: boolean): void {
    const given = Object.keys(describing).find(name => (this.flags as Record<string, unknown>)[name] !== undefined)
    if (!isStored || (given === undefined && !this.flags.example)) return
    throw usageError(
      'unexpected_value',
      `${this.args.event} says itself what happened: leave out --${given ?? 'example'}`,
    )
  }
}
