import {HookctlCommand} from '../src/cli/base-command.ts'
import {planCounts, planText, TO_DO, undeclaredText} from '../src/cli/declaration/plan-text.ts'
import {declarationArgs, declarationFlags, declarationQuestion, withPlace} from '../src/cli/declaration/question.ts'
import {switchFlag} from '../src/cli/flags.ts'
import {shellWord} from '../src/domain/shell-word.ts'

export default class Plan extends HookctlCommand<typeof Plan> {
  static override summary = 'show what apply would change'
  static override description =
    'Object by object and field by field: + is created, ~ changed, - deleted. A secret is compared and never shown. What a file does not say stays as it is; what it does not have is left alone without --prune. Changes nothing. "hookctl help declarations" says how a file is written.'
  static override examples = [
    '<%= config.bin %> plan hookctl.yaml',
    'In a pipeline: exit 7 when anything differs:\n<%= config.bin %> plan hookctl.yaml --prune --detailed-exitcode',
    'What somebody else sends you:\ncat hookctl.yaml | <%= config.bin %> plan - --json',
  ]
  static override args = declarationArgs
  static override flags = {
    ...declarationFlags,
    'detailed-exitcode': switchFlag({description: 'exit 7 where anything would change'}),
  }
  protected override whenAbsent = 'pretend' as const

  async run() {
    const {flags, organization} = this
    const files = this.args.files ?? []
    const asked = await declarationQuestion(this, {files, flags, organization})
    const client = await this.client()
    const plan = await withPlace(asked, client.call('declaration.plan', asked.question))
    if (flags['detailed-exitcode'] && plan.changes.length > 0) this.answerNo()
    await this.answer(plan, `${planText(plan, this.paint)}${planCounts(plan, TO_DO)}\n`)
    const undeclared = undeclaredText(plan)
    if (undeclared !== null) this.notice(undeclared)
    if (plan.changes.length > 0) {
      this.hint(`next: hookctl apply ${files.map(shellWord).join(' ')}${flags.prune ? ' --prune' : ''}`)
    }
    return plan
  }
}
