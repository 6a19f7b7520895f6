import type {Candidate} from '../candidate.ts'
import type {Shell} from '../shells.ts'
import type {TypedLine} from '../typed-line.ts'

const INSTALL = `echo 'eval "$(hookctl complete bash)"' >> ~/.bashrc`

/** Without bash-completion, and safe to source twice. bash 3.2 (macOS) has no compopt: files then come from compgen. */
const script = `# Completion of hookctl for bash. To have it in every session:
#   ${INSTALL}
_hookctl_quote() { while read -r line; do printf '%q\\n' "$line"; done; }
_hookctl() {
  local answer first line IFS=$'\\n'
  answer=$(hookctl complete --shell bash --breaks "$COMP_WORDBREAKS" --line "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
  first=\${answer%%$'\\n'*}
  COMPREPLY=()
  case $first in
    ':files '*@)
      COMPREPLY=($(compgen -f -P "\${2%%@*}@" -- "\${2#*@}" | _hookctl_quote)) ;;
    ':files '*)
      compopt -o default 2>/dev/null || COMPREPLY=($(compgen -f -- "$2" | _hookctl_quote)) ;;
    ':folders '*)
      compopt -o dirnames 2>/dev/null || COMPREPLY=($(compgen -d -- "$2" | _hookctl_quote)) ;;
    *)
      while read -r line; do [ -n "$line" ] && COMPREPLY+=("$line"); done <<< "$answer" ;;
  esac
}
complete -F _hookctl hookctl
`

/** Anything a shell would take for more than text, bash and the rest of the family alike. */
const escaped = (text: string): string => text.replace(/[^\p{L}\p{N}_.,/:=@%+-]/gu, '\\$&')

/** bash puts the word in as it is: what is special in it must be quoted, or a webhook's name could be run. */
function quoted(value: string, {quote}: TypedLine): string {
  if (quote === "'") return value.replaceAll("'", "'\\''")
  // Nothing takes the meaning from an exclamation mark in there.
  if (quote === '"') return value.includes('!') ? '' : value.replace(/["\\$`]/g, '\\$&')
  return escaped(value)
}

/** bash replaces only what follows the last of its word breaks: `--state=` stays. An @ goes with what follows it. */
function afterBreak(value: string, {current, quote}: TypedLine, breaks: string): string {
  if (quote !== '') return value
  const last = Math.max(-1, ...[...breaks].filter(each => !/[\s"']/.test(each)).map(each => current.lastIndexOf(each)))
  return value.slice(current[last] === '@' ? last : last + 1)
}

export const bash: Shell = {
  install: INSTALL,
  now: 'eval "$(hookctl complete bash)"',
  script,
  line: ({value}: Candidate, typed, breaks) => quoted(afterBreak(value, typed, breaks), typed),
}
