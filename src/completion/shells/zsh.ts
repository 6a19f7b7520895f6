import type {Candidate} from '../candidate.ts'
import type {Shell} from '../shells.ts'

const INSTALL = `echo 'autoload -Uz compinit && compinit; eval "$(hookctl complete zsh)"' >> ~/.zshrc`

/** compadd quotes what it puts in. The table of descriptions has one line for each word. */
const script = `#compdef hookctl
# Completion of hookctl for zsh. To have it in every session:
#   ${INSTALL}
_hookctl() {
  local line value text answer
  local -a values shown
  answer=$(hookctl complete --shell zsh --line "\${(j: :)words[1,CURRENT-1]} $QIPREFIX$PREFIX" 2>/dev/null)
  case $answer in
    ':files '*) compset -P "\${(b)\${answer#:files }}"; _files; return ;;
    ':folders '*) compset -P "\${(b)\${answer#:folders }}"; _files -/; return ;;
  esac
  for line in "\${(@f)answer}"; do
    [[ -n $line ]] || continue
    value=\${line%%$'\\t'*}
    text=\${line#*$'\\t'}
    values+=("$value")
    [[ -n $text ]] && shown+=("$value  -- $text") || shown+=("$value")
  done
  (( $#values )) && compadd -l -d shown -a values
}
if [ "$funcstack[1]" = _hookctl ]; then _hookctl "$@"; else compdef _hookctl hookctl; fi
`

export const zsh: Shell = {
  install: INSTALL,
  now: 'eval "$(hookctl complete zsh)"',
  script,
  line: ({value, description}: Candidate) => `${value}\t${description}`,
}
