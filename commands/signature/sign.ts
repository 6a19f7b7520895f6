import {HookctlCommand} from '../../src/cli/base-command.ts'
import {show} from '../../src/cli/escape.ts'
import {choiceFlag, durationFlag, instantFlag, repeatFlag, textFlag} from '../../src/cli/flags.ts'
import {secretFlags} from '../../src/cli/secrets.ts'
import {curlLine, type SignContext, signForFlags} from '../../src/cli/signing/answer-sign.ts'
import {bodyFlag, schemeFlags, storedWebhookFlag} from '../../src/cli/signing/flags.ts'
import {methods} from '../../src/domain/webhook.ts'

export default class SignatureSign extends HookctlCommand<typeof SignatureSign> {
  static override summary = 'sign a body offline and print the headers, or send it'
  static override description =
    `Signs the exact bytes of the body, by --scheme netbox unless another is named, and prints one header a line. Without --body it is read from stdin. With --to they are sent to that URL, by POST unless --method says otherwise, and what went out and came back is shown: exit 0 where the answer is 2xx, 7 where it is not.`
  static override examples = [
    'The X-Hook-Signature of a body:\n<%= config.bin %> sign --body body.json --secret-env HOOK_SECRET',
    'Send it with curl:\n<%= config.bin %> sign --body body.json --secret-file secret.txt --curl http://127.0.0.1:9000/ | sh',
    'Try a receiver with these very bytes:\n<%= config.bin %> sign --body body.json --secret-env HOOK_SECRET --to http://127.0.0.1:9000/',
    'Headers of Standard Webhooks:\n<%= config.bin %> sign --scheme standard --body body.json --secret-file secret.txt --id msg_1 --at now',
  ]
  static override flags = {
    body: bodyFlag,
    ...secretFlags,
    webhook: storedWebhookFlag,
    ...schemeFlags,
    id: textFlag({description: 'message id to sign, a new one unless said', helpValue: 'ID'}),
    at: instantFlag({description: 'the time to take instead of now', unix: true}),
    curl: textFlag({
      description: 'print a curl line that sends the body to this URL',
      helpValue: 'URL',
      exclusive: ['to'],
    }),
    to: textFlag({description: 'send the body to this URL, and show the answer', helpValue: 'URL'}),
    method: choiceFlag({description: 'HTTP method', choices: methods, dependsOn: ['to']}),
    header: repeatFlag({
      description: 'a header, like "Name: value"; may be repeated',
      helpValue: 'HEADER',
      dependsOn: ['to'],
    }),
    timeout: durationFlag({description: 'how long to wait at most', default: 30_000}),
  }

  async run() {
    const {curl, to, body = '-'} = this.flags
    const context: SignContext = {
      surroundings: this.surroundings,
      settings: this.settings,
      organization: this.organization,
      client: () => this.client(),
      notice: text => this.notice(text),
    }
    if (to !== undefined) return this.send(to, context)
    const signed = await signForFlags(this.flags, context)
    const lines =
      curl === undefined
        ? signed.headers.map(({name, value}) => `${name}: ${value}`)
        : [curlLine(curl, body, signed.headers)]
    return this.answer(signed, `${lines.map(show).join('\n')}\n`)
  }

  private async send(to: string, context: SignContext) {
    const [{sendForFlags}, {directSections, sentColumns}] = await Promise.all([
      import('../../src/cli/signing/send-body.ts'),
      import('../../src/cli/columns/exchange.ts'),
    ])
    const sent = await sendForFlags({...this.flags, to}, {...context, version: this.config.version})
    if (!sent.success) this.answerNo()
    return this.one(sent, sentColumns, directSections(sent))
  }
}
