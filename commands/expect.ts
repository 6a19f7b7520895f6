import {HookctlCommand} from '../src/cli/base-command.ts'
import {deliveryFilterFlags} from '../src/cli/delivery-flags.ts'
import {EXIT} from '../src/cli/exit-codes.ts'
import type {Outcome} from '../src/cli/expecting.ts'
import {arrivalLine, outcomeText} from '../src/cli/expecting-text.ts'
import {durationFlag, numberFlag, switchFlag, textFlag} from '../src/cli/flags.ts'
import {checkingFlags, portFlag, receiverFlags} from '../src/cli/listen/flags.ts'
import type {Ready} from '../src/cli/listen/ready.ts'
import type {Format} from '../src/cli/output/formats.ts'
import {jsonLine} from '../src/cli/output/json.ts'
import {dedupeByFlag, eventTypeFlag} from '../src/cli/template-flags.ts'

const FORMATS: readonly Format[] = ['table', 'tsv', 'json', 'jsonl']

export default class Expect extends HookctlCommand<typeof Expect> {
  static override summary = 'wait for webhooks in a pipeline, and say what did not come'
  static override description =
    `Starts a throwaway receiver on a free port, tells URL and secret as one line of JSON (and in --ready-file), and waits for the events described: each --event is one expectation, every --where must hold for it and --body-schema fit it, --count says how many must come. Bodies of every platform are read, also batches, of which each event counts; --where looks at one event's part of the body. A delivery that is sent again counts once, known by a header that many senders have or by what --dedupe-by makes of it. With --event-type the type of what no platform sends is made of each request, as "source create" makes it.

"webhook create --from-ready FILE" takes URL and secret from the ready file, and waits for it.

Exit code 0: all came. 7: something came that must not (a signature that does not fit with --verify, an event with --count 0), or it was stopped. 8: the time was up.`
  static override examples = [
    'Wait for one event, validly signed:\n<%= config.bin %> expect --event node.added --verify --ready-file ready.json --timeout 30s',
    'Two sites of this name, whatever else comes:\n<%= config.bin %> expect --event dcim.site.created --where data.name=ams --count 2 --ready-file ready.json',
    'The contract with a receiver, as a schema:\n<%= config.bin %> expect --event dcim.site.created --body-schema @body.schema.json --ready-file ready.json',
    "What your own system sends, by a header:\n<%= config.bin %> expect --event order.created --event-type '{header.X-Event}' --verify --ready-file ready.json",
    'Nothing may come:\n<%= config.bin %> expect --event "*.deleted" --count 0 --timeout 100ms',
  ]
  static override flags = {
    event: deliveryFilterFlags.event,
    where: deliveryFilterFlags.where,
    'body-schema': textFlag({
      description: "JSON Schema that each event's part of the body has to fit: JSON or @FILE",
      helpValue: 'JSON',
    }),
    count: numberFlag({description: 'how many of each must come; 0: none may', default: 1, helpValue: 'N'}),
    verify: switchFlag({description: 'refuse what is not validly signed, and end with 7'}),
    timeout: durationFlag({description: 'how long to wait at most', default: 30_000}),
    as: textFlag({description: 'platform whose envelope it is: netbox, netbox@2.6', helpValue: 'PLATFORM'}),
    'event-type': eventTypeFlag({exclusive: ['as']}),
    'dedupe-by': dedupeByFlag(),
    ...receiverFlags,
    port: portFlag(0),
    ...checkingFlags,
  }
  protected override formats = FORMATS

  async run() {
    const {expectEvents} = await import('../src/cli/expecting.ts')
    const {surroundings, settings, now} = this
    const outcome = await expectEvents(this.flags, {
      surroundings,
      settings,
      now,
      signal: this.interruption(),
      notice: text => this.notice(text),
      onReady: ready => this.write(this.#readyText(ready)),
      onArrival: async arrival => {
        if (this.#isJson) await this.write(jsonLine(arrival))
        else this.notice(arrivalLine(arrival))
      },
    })
    await this.write(this.#isJson ? jsonLine(outcome) : outcomeText(outcome))
    this.#setExitCode(outcome)
    return outcome
  }

  get #isJson(): boolean {
    return this.layout.format === 'json' || this.layout.format === 'jsonl'
  }

  #readyText(ready: Ready): string {
    if (this.layout.format !== 'table') return jsonLine(ready)
    const secret = ready.secret === undefined ? '' : `, secret ${ready.secret}`
    return `waiting at ${ready.url}${secret} (Ctrl-C ends it)\n`
  }

  #setExitCode({met, by}: Outcome): void {
    if (met) return
    if (by === 'stopped' && this.wasInterrupted()) this.exitWith(EXIT.interrupted)
    else if (by === 'timeout') this.exitWith(EXIT.timeout)
    else this.answerNo()
  }
}
