import {HookctlCommand} from '../../src/cli/base-command.ts'
import {plannedColumns, previewColumns} from '../../src/cli/columns/retry.ts'
import {eventFlags} from '../../src/cli/event-flags.ts'
import {limitFlag, optionalArgument} from '../../src/cli/flags.ts'
import {section} from '../../src/cli/output/print.ts'
import {policyFlags} from '../../src/cli/policy-flags.ts'
import {platformFlag} from '../../src/cli/webhook-flags.ts'

export default class RetryPreview extends HookctlCommand<typeof RetryPreview> {
  static override summary = 'show when a delivery is tried again, to the second'
  static override description =
    'Every attempt with its time, the range that the jitter leaves it, and when it is given up, if every attempt fails. Of a webhook, of a platform, of a plan you think about (--retry), or of a delivery that waits: then from its next attempt on.'
  static override examples = [
    '<%= config.bin %> retry preview cmdb',
    'Before you decide:\n<%= config.bin %> retry preview --retry exponential:10s,cap=1h,attempts=8',
    'What a platform does, for an event at noon:\n<%= config.bin %> retry preview --platform entrypoint --at 2026-07-03T12:00:00Z',
  ]
  static override args = {target: optionalArgument({description: 'webhook by id or name, or a delivery that waits'})}
  static override flags = {
    platform: platformFlag,
    retry: policyFlags.retry,
    at: eventFlags.at,
    limit: limitFlag,
  }
  protected override whenAbsent = 'pretend' as const

  async run() {
    const {previewRetries} = await import('../../src/cli/retry-preview.ts')
    const flags = {...this.flags, now: this.now()}
    const preview = await previewRetries(() => this.client(), this.organization, this.args.target, flags)
    return this.one(preview, previewColumns, [
      section('Attempts', preview.attempts, plannedColumns),
      {title: 'Notes', text: preview.notes.join('\n')},
    ])
  }
}
