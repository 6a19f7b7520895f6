import {HookctlCommand} from '../src/cli/base-command.ts'
import {counted} from '../src/cli/counted.ts'
import {exportedFile} from '../src/cli/declaration/export-file.ts'
import {SECTIONS} from '../src/cli/declaration/file.ts'
import {choicesFlag} from '../src/cli/flags.ts'
import {yamlDocument} from '../src/cli/output/json.ts'

export default class Export extends HookctlCommand<typeof Export> {
  static override summary = 'write what is set up as a file: webhooks, members and more'
  static override description =
    'The file is what "hookctl plan" and "hookctl apply" read. Never holds a secret: where one is, it refers to an environment variable, and stderr lists them. Tokens and deliveries are not part of it.'
  static override examples = [
    '<%= config.bin %> export > hookctl.yaml',
    'Webhooks only, as JSON:\n<%= config.bin %> export --only webhooks --json > webhooks.json',
  ]
  static override flags = {only: choicesFlag({description: 'sections to write, all unless given', choices: SECTIONS})}

  async run() {
    const client = await this.client()
    const exported = await client.call('declaration.export', {organization: this.organization})
    const {file, variables} = exportedFile(exported, this.flags.only)
    await this.answer(file, await yamlDocument(file, isReference))
    if (variables.length > 0) {
      const secrets = counted(variables.length, 'secret is a reference', 'secrets are references')
      this.notice(`${secrets}, to be set before plan and apply: ${variables.join(', ')}`)
    }
    this.hint('next: hookctl plan FILE')
    return file
  }
}

const isReference = (keys: readonly string[]): boolean => keys.join() === 'env'
