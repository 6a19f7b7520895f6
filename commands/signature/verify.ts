import {HookctlCommand} from '../../src/cli/base-command.ts'
import {repeatFlag, switchFlag} from '../../src/cli/flags.ts'
import {secretFlags} from '../../src/cli/secrets.ts'
import {answerForFlags} from '../../src/cli/signing/answer-verify.ts'
import {ageFlags, messageFlags, schemeFlags, storedWebhookFlag} from '../../src/cli/signing/flags.ts'
import {verdictText} from '../../src/cli/signing/verdict-text.ts'

export default class SignatureVerify extends HookctlCommand<typeof SignatureVerify> {
  static override summary = 'check the signature of a message, offline'
  static override description =
    `The body is taken as bytes: nothing is trimmed or decoded. Without --body it is read from stdin. Without --scheme the headers tell it.

Exit code 0: valid, 7: invalid, 2: it could not be checked.`
  static override examples = [
    "A body and its header:\n<%= config.bin %> verify --body body.json --header 'X-Hook-Signature: 6a72aac2…' --secret-env HOOK_SECRET",
    'A request saved by listen, and why it does not fit:\n<%= config.bin %> verify --request captured/0001.http --secret-file secret.txt --explain',
    'An archived message of Standard Webhooks:\n<%= config.bin %> verify --scheme standard --request old.http --secret-file secret.txt --at 2026-03-01T10:00:00Z',
    'Against the secrets of a stored webhook:\n<%= config.bin %> verify --request captured/0001.http --webhook ops',
  ]
  static override flags = {
    ...messageFlags,
    ...secretFlags,
    webhook: storedWebhookFlag,
    ...schemeFlags,
    ...ageFlags,
    explain: switchFlag({description: 'name the mistake when the signature does not fit'}),
    'previous-secret-file': repeatFlag({
      description: 'file with a secret of before, tried by --explain only',
      helpValue: 'FILE',
      dependsOn: ['explain'],
    }),
    'show-expected': switchFlag({description: 'print the signature that was due', exclusive: ['webhook']}),
  }

  async run() {
    const verified = await answerForFlags(this.flags, {
      surroundings: this.surroundings,
      settings: this.settings,
      organization: this.organization,
      client: () => this.client(),
      notice: text => this.notice(text),
    })
    if (!verified.valid) this.answerNo()
    const answer = await this.answer(verified, verdictText(verified, this.paint))
    if (!verified.valid) this.#sayWhatNext(verified.findings.length > 0)
    return answer
  }

  #sayWhatNext(found: boolean): void {
    if (!this.flags.explain) this.hint('next: add --explain to name the mistake')
    else if (!found) this.notice('no known mistake fits: probably another secret, or a body that was changed')
  }
}
