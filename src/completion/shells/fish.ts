import type {Candidate} from '../candidate.ts'
import type {Shell} from '../shells.ts'

const INSTALL = 'mkdir -p ~/.config/fish/completions && hookctl complete fish > ~/.config/fish/completions/hookctl.fish'

/** fish quotes what it puts in and shows what follows the tab. */
const script = `# Completion of hookctl for fish. To have it in every session:
#   ${INSTALL}
function __hookctl_complete
    set -l answer (hookctl complete --shell fish --line (commandline -cp | string collect) 2>/dev/null)
    if string match -qr '^:(files|folders) ' -- "$answer[1]"
        set -l prefix (string replace -r '^:\\w+ ' '' -- $answer[1])
        set -l typed (string sub -s (math (string length -- "$prefix") + 1) -- (commandline -ct))
        if string match -q ':folders *' -- $answer[1]
            __fish_complete_directories "$typed" | string replace -r '^' -- "$prefix"
        else
            __fish_complete_path "$typed" | string replace -r '^' -- "$prefix"
        end
        return
    end
    string join \\n -- $answer
end
complete -c hookctl -f -a '(__hookctl_complete)'
`

export const fish: Shell = {
  install: INSTALL,
  now: 'hookctl complete fish | source',
  script,
  line: ({value, description}: Candidate) => `${value}\t${description}`,
}
