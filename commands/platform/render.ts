import {HookctlCommand} from '../../src/cli/base-command.ts'
import {readBytes} from '../../src/cli/bytes.ts'
import {optionalArgument, textFlag} from '../../src/cli/flags.ts'
import {isMachineFormat} from '../../src/cli/output/formats.ts'
import {usageError} from '../../src/errors.ts'

export default class PlatformRender extends HookctlCommand<typeof PlatformRender> {
  static override summary = 'read a captured body and write it again'
  static override description =
    'Exactly the bytes that the platform would send, with nothing added: of a body that came from it, the same bytes again. Without PLATFORM it is found out whose body it is.'
  static override examples = [
    '<%= config.bin %> platform render netbox@2.6 --from body.json > again.json',
    'What is in it:\n<%= config.bin %> platform render --from body.json --json',
  ]
  static override args = {
    platform: optionalArgument({description: 'name of the platform, with a version or without'}),
  }
  static override flags = {
    from: textFlag({description: 'file with a captured body, - for stdin', helpValue: 'FILE'}),
  }
  protected override whenAbsent = 'pretend' as const

  async run() {
    const {platform} = this.args
    const {from} = this.flags
    if (from === undefined)
      throw usageError('missing_value', 'missing --from: which body?', {hint: 'hookctl platform render --from FILE'})
    const body = (await readBytes(from, this.surroundings)).toString('base64')
    const client = await this.client()
    const rendered = await client.call('platform.render', {body, ...(platform === undefined ? {} : {platform})})
    if (isMachineFormat(this.layout.format)) return rendered
    await this.writeBytes(Buffer.from(rendered.body, 'base64'))
    return rendered
  }
}
