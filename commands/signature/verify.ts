import {HookctlCommand} from '../../src/cli/base-command.ts'
import {EXIT} from '../../src/cli/exit-codes.ts'
import {repeatFlag, restArguments, switchFlag} from '../../src/cli/flags.ts'
import {isMachineFormat} from '../../src/cli/output/formats.ts'
import {secretFlags} from '../../src/cli/secrets.ts'
import {answerForFlags, type VerifyContext} from '../../src/cli/signing/answer-verify.ts'
import {ageFlags, messageFlags, schemeFlags, storedWebhookFlag} from '../../src/cli/signing/flags.ts'
import {verdictText} from '../../src/cli/signing/verdict-text.ts'
import {filesText, requestFiles, verifyFiles} from '../../src/cli/signing/verify-files.ts'

export default class SignatureVerify extends HookctlCommand<typeof SignatureVerify> {
  static override summary = 'check the signature of a message, offline'
  static override description =
    `The body is taken as bytes: nothing is trimmed or decoded. Without --body it is read from stdin. Without --scheme the headers tell it. With FILES, requests as listen saves them, each is checked by itself.

Exit code 0: valid, 7: invalid, 2: it could not be checked. Of several, 7 where one is invalid.`
  static override examples = [
    "A body and its header:\n<%= config.bin %> verify --body body.json --header 'X-Hook-Signature: 6a72aac2…' --secret-env HOOK_SECRET",
    'A request saved by listen, and why it does not fit:\n<%= config.bin %> verify --request captured/0001.http --secret-file secret.txt --explain',
    'All that listen saved:\n<%= config.bin %> verify captured/*.http --secret-file secret.txt',
    'An archived message of Standard Webhooks:\n<%= config.bin %> verify --scheme standard --request old.http --secret-file secret.txt --at 2026-03-01T10:00:00Z',
    'Against the secrets of a stored webhook:\n<%= config.bin %> verify --request captured/0001.http --webhook ops',
  ]
  static override args = {files: restArguments({description: 'files with a raw HTTP request each'})}
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
    const files = requestFiles(this.flags, this.args.files ?? [])
    if (files.length > 0) return this.#verifyEach(files)
    const verified = await answerForFlags(this.flags, this.#context())
    if (!verified.valid) this.answerNo()
    const answer = await this.answer(verified, verdictText(verified, this.paint))
    if (!verified.valid) this.#sayWhatNext(verified.findings.length > 0)
    return answer
  }

  async #verifyEach(files: readonly string[]) {
    const checked = await verifyFiles(files, this.flags, this.#context())
    const invalid = checked.filter(({valid}) => valid === false)
    if (invalid.length > 0) this.answerNo()
    else if (checked.some(({valid}) => valid === null)) this.exitWith(EXIT.usage)
    if (isMachineFormat(this.layout.format)) return this.list(checked, [])
    const answer = await this.answer(checked, filesText(checked, this.paint))
    if (invalid.length > 0) this.#sayWhatNext(invalid.every(each => each.valid === false && each.findings.length > 0))
    return answer
  }

  #context(): VerifyContext {
    return {
      surroundings: this.surroundings,
      settings: this.settings,
      organization: this.organization,
      client: () => this.client(),
      notice: text => this.notice(text),
    }
  }

  #sayWhatNext(found: boolean): void {
    if (!this.flags.explain) this.hint('next: add --explain to name the mistake')
    else if (!found) this.notice('no known mistake fits: probably another secret, or a body that was changed')
  }
}
