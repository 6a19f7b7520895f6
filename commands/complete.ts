import {HookctlCommand} from '../src/cli/base-command.ts'
import {choiceArgument} from '../src/cli/flags.ts'
import {SHELL_NAMES, SHELLS, type ShellName} from '../src/completion/shells.ts'

export default class Complete extends HookctlCommand<typeof Complete> {
  static override summary = 'print what lets your shell complete hookctl'
  static override description =
    `Commands, flags, their values, and the names and ids in the local store: TAB after "hookctl webhook show " lists your webhooks. Reads the store only, never asks a server. Without a shell it says how to install it; to install it:\n${SHELL_NAMES.map(name => `${name}: ${SHELLS[name].install}`).join('\n')}`
  static override examples = [
    'How to install it, for every shell:\n<%= config.bin %> complete',
    'For fish, where fish looks for it:\nmkdir -p ~/.config/fish/completions && <%= config.bin %> complete fish > ~/.config/fish/completions/hookctl.fish',
  ]
  static override args = {shell: choiceArgument({description: 'shell to print it for', choices: SHELL_NAMES})}
  protected override needsConfig = false

  async run() {
    const {shell} = this.args
    if (shell === undefined) return this.answer(INSTALLATIONS, `${INSTALLATIONS.map(sentence).join('\n')}\n`)
    const {install, script} = SHELLS[shell as ShellName]
    return this.answer({shell, install, script}, script)
  }
}

const INSTALLATIONS = SHELL_NAMES.map(name => ({shell: name, install: SHELLS[name].install, now: SHELLS[name].now}))
const sentence = ({shell, install, now}: (typeof INSTALLATIONS)[number]): string =>
  `${shell}\n  always        ${install}\n  this session  ${now}\n`
