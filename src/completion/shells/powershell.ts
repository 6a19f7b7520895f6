import type {Candidate} from '../candidate.ts'
import type {Shell} from '../shells.ts'

const INSTALL = `Add-Content $PROFILE 'hookctl complete powershell | Out-String | Invoke-Expression'`

/** The line goes through a variable: Windows PowerShell loses quotes in arguments. No words: it completes files itself. */
const script = `# Completion of hookctl for PowerShell. To have it in every session:
#   ${INSTALL}
Register-ArgumentCompleter -Native -CommandName hookctl -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $line = $commandAst.ToString()
  $end = [Math]::Max(0, $cursorPosition - $commandAst.Extent.StartOffset)
  $line = if ($line.Length -lt $end) { $line.PadRight($end) } else { $line.Substring(0, $end) }
  $before = $env:HOOKCTL_COMPLETE_LINE
  $env:HOOKCTL_COMPLETE_LINE = $line
  try { $answer = @(hookctl complete --shell powershell 2>$null) } finally { $env:HOOKCTL_COMPLETE_LINE = $before }
  foreach ($each in $answer) {
    if ($each -match '^:') { return }
    $value, $shown, $text = $each -split "\`t", 3
    if (-not $text) { $text = $shown }
    [System.Management.Automation.CompletionResult]::new($value, $shown, 'ParameterValue', $text)
  }
}
`

/** PowerShell puts the word in as it is. In single quotes nothing is special but the quotes, of which it knows several. */
const quoted = (value: string): string =>
  /^[\p{L}\p{N}_./:=+-]+$/u.test(value) ? value : `'${value.replace(/['‘’‚‛]/g, '$&$&')}'`

export const powershell: Shell = {
  install: INSTALL,
  now: 'hookctl complete powershell | Out-String | Invoke-Expression',
  script,
  line: ({value, description}: Candidate) => `${quoted(value)}\t${value}\t${description}`,
}
