import {HookctlCommand} from '../src/cli/base-command.ts'
import {manyFrom} from '../src/cli/event-flags.ts'
import {textFlag} from '../src/cli/flags.ts'
import {formatDuration} from '../src/domain/duration.ts'

export default class Demo extends HookctlCommand<typeof Demo> {
  static override summary = 'see the main job done on real parts'
  static override description =
    'Starts a server and a receiver on this machine with a throwaway store, registers a webhook per platform, sends events, shows refusals, retries and a replay, and has the received signatures verified by something that is not hookctl. Leaves nothing behind. Exit 0 only if everything it says happened, else 7.'
  static override examples = [
    '<%= config.bin %> demo',
    'With events of your own, one JSON object a line:\n<%= config.bin %> demo --events events.ndjson',
  ]
  static override flags = {
    events: textFlag({description: 'file with one event a line, - for stdin', helpValue: 'FILE'}),
  }

  async run() {
    const {runDemo} = await import('../src/cli/demo/tour.ts')
    const {demoEvents} = await import('../src/cli/demo/events.ts')
    const {tell} = await import('../src/cli/demo/tell.ts')
    const {events: file} = this.flags
    const {events} = file === undefined ? {events: demoEvents} : await manyFrom(file, this.surroundings)
    const narrator = tell(this.wantsJson ? () => {} : text => this.surroundings.stdout.write(text), this.paint)
    const signal = this.interruption()
    const result = await runDemo({version: this.config.version, events, narrator, signal}).catch(error => {
      if (signal.aborted) return null
      throw error
    })
    if (result === null) {
      this.endInterrupted()
      this.notice('interrupted; nothing was left behind')
      return this.stream(nothing(), [])
    }
    if (result.broken.length > 0) this.answerNo()
    const {requests, deliveries, signaturesVerified, elapsedMs} = result
    const ending =
      result.broken.length > 0 ? `${result.broken.length} of its claims did not come true` : 'nothing was left behind'
    return this.done(
      result,
      [
        '',
        `${result.events} events, ${deliveries} deliveries, ${requests} requests, ${signaturesVerified} signatures verified in ${formatDuration(elapsedMs)}; ${ending}.`,
      ],
      ['hookctl webhook create', 'hookctl help scripting'],
    )
  }
}

/** An interrupted demo has no answer, in no format. */
async function* nothing(): AsyncGenerator<never> {}
