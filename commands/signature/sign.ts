import {HookctlCommand} from '../../src/cli/base-command.ts'
import {show} from '../../src/cli/escape.ts'
import {instantFlag, textFlag} from '../../src/cli/flags.ts'
import {secretFlags} from '../../src/cli/secrets.ts'
import {curlLine, signForFlags} from '../../src/cli/signing/answer-sign.ts'
import {bodyFlag, schemeFlags, storedWebhookFlag} from '../../src/cli/signing/flags.ts'

export default class SignatureSign extends HookctlCommand<typeof SignatureSign> {
  static override summary = 'sign a body and print the headers, offline'
  static override description =
    `Signs the exact bytes of the body, by --scheme netbox unless another is named, and prints one header a line. Without --body it is read from stdin.`
  static override examples = [
    'The X-Hook-Signature of a body:\n<%= config.bin %> sign --body body.json --secret-env HOOK_SECRET',
    'Send it with curl:\n<%= config.bin %> sign --body body.json --secret-file secret.txt --curl http://127.0.0.1:9000/ | sh',
    'Headers of Standard Webhooks:\n<%= config.bin %> sign --scheme standard --body body.json --secret-file secret.txt --id msg_1 --at now',
  ]
  static override flags = {
    body: bodyFlag,
    ...secretFlags,
    webhook: storedWebhookFlag,
    ...schemeFlags,
    id: textFlag({description: 'message id to sign, a new one unless said', helpValue: 'ID'}),
    at: instantFlag({description: 'the time to take instead of now', unix: true}),
    curl: textFlag({description: 'print a curl line that sends the body to this URL', helpValue: 'URL'}),
  }

  async run() {
    const {curl, body = '-'} = this.flags
    const signed = await signForFlags(this.flags, {
      surroundings: this.surroundings,
      settings: this.settings,
      organization: this.organization,
      client: () => this.client(),
      notice: text => this.notice(text),
    })
    const lines =
      curl === undefined
        ? signed.headers.map(({name, value}) => `${name}: ${value}`)
        : [curlLine(curl, body, signed.headers)]
    return this.answer(signed, `${lines.map(show).join('\n')}\n`)
  }
}
