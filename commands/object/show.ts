import {HookctlCommand} from '../../src/cli/base-command.ts'
import {objectColumns} from '../../src/cli/columns/object.ts'
import {argument} from '../../src/cli/flags.ts'
import {prettyJson} from '../../src/cli/pretty.ts'

export default class ObjectShow extends HookctlCommand<typeof ObjectShow> {
  static override summary = 'show one tracked object as it was last reported'
  static override examples = [
    '<%= config.bin %> object show netbox dcim.site 54',
    '<%= config.bin %> object show catalyst Node 7 --json',
  ]
  static override args = {
    platform: argument({description: 'name of the platform'}),
    type: argument({description: 'type of the object'}),
    id: argument({description: 'id of the object'}),
  }
  protected override columns = objectColumns

  async run() {
    const client = await this.client()
    const object = await client.call('object.show', {organization: this.organization, ...this.args})
    return this.one(object, this.columns, [{title: 'Data', text: prettyJson(object.data)}])
  }
}
