import {HookctlCommand} from '../../src/cli/base-command.ts'
import {curlOf} from '../../src/cli/curl-of.ts'
import {argument, numberFlag, switchFlag} from '../../src/cli/flags.ts'

export default class DeliveryCurl extends HookctlCommand<typeof DeliveryCurl> {
  static override summary = 'print the request of an attempt as a curl command'
  static override description =
    'The method, URL, headers, signature and bytes of the last attempt. Credentials are kept masked, so they are variables of the shell, which will not run it without them. Receivers refuse a signature whose timestamp is old: --fresh signs the same bytes anew.'
  static override examples = [
    '<%= config.bin %> delivery curl dlv_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f',
    'Run it, signed as of now:\n<%= config.bin %> delivery curl dlv_0198c2f4a1b27c3d9e8f7a6b5c4d3e2f --fresh | sh',
  ]
  static override args = {delivery: argument({description: 'id of the delivery'})}
  static override flags = {
    attempt: numberFlag({description: 'of this attempt in place of the last', min: 1, helpValue: 'N'}),
    fresh: switchFlag({description: "sign anew, with the webhook's secrets of now"}),
  }

  async run() {
    const client = await this.client()
    const curl = await curlOf(client, this.organization, this.args.delivery, this.flags)
    if (curl.variables.length > 0)
      this.notice(`masked in the record, set before you run it: ${curl.variables.join(', ')}`)
    return this.answer(curl, `${curl.command}\n`)
  }
}
