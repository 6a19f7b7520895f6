import {HookctlCommand} from '../src/cli/base-command.ts'
import {countedChanges, DONE, planCounts, planText, undeclaredText} from '../src/cli/declaration/plan-text.ts'
import {declarationArgs, declarationFlags, declarationQuestion, withPlace} from '../src/cli/declaration/question.ts'
import {yesFlag} from '../src/cli/flags.ts'

export default class Apply extends HookctlCommand<typeof Apply> {
  static override summary = 'make it so: contexts, members, webhooks of a file'
  static override description =
    'Shows the plan and asks; off a terminal it needs --yes. All of it is done or nothing, and only what was shown: where somebody changed anything meanwhile it is refused with exit 4. What a file does not say stays as it is; what it does not have is left alone without --prune. Every change is in the history. "hookctl help declarations" says how a file is written.'
  static override examples = [
    '<%= config.bin %> apply hookctl.yaml',
    'In a pipeline, also deleting what the file does not have:\n<%= config.bin %> apply hookctl.yaml --prune --yes',
  ]
  static override args = declarationArgs
  static override flags = {...declarationFlags, ...yesFlag}
  protected override whenAbsent = 'make' as const

  async run() {
    const {flags, organization} = this
    const asked = await declarationQuestion(this, {files: this.args.files ?? [], flags, organization})
    const client = await this.client()
    const plan = await withPlace(asked, client.call('declaration.plan', asked.question))
    const undeclared = undeclaredText(plan)
    if (undeclared !== null) this.notice(undeclared)
    if (plan.changes.length === 0) return this.done(plan, `nothing to change: ${planCounts(plan, DONE)}`)
    const shown = planText(plan, this.paint)
    if (!flags.yes) this.surroundings.stderr.write(shown)
    await this.confirm(`make ${countedChanges(plan)} in ${plan.organization}?`, flags.yes)
    const applied = await withPlace(asked, client.call('declaration.apply', {...asked.question, plan: plan.digest}))
    await this.answer(applied, `${flags.yes ? shown : ''}${planCounts(applied, DONE)}\n`)
    this.hint('next: hookctl history list --limit 20')
    return applied
  }
}
