import type {Config} from '@oclif/core/config'
import {deliveryFilterKeys} from '../domain/filter-grammar.ts'
import {HookctlError, usageError} from '../errors.ts'
import {SENDER_NAMES, SENDERS, type SenderName} from '../signature/schemes/senders.ts'
import {EXIT_MEANINGS} from './exit-codes.ts'
import {findCommand} from './find-command.ts'
import {helpText} from './help.ts'
import {HELP_SUBJECTS, type HelpSubject} from './help-subjects.ts'
import {FORMATS} from './output/formats.ts'
import {SETTING_KEYS, SETTINGS} from './setting-keys.ts'
import {suggest} from './suggest.ts'

const columns = (rows: readonly (readonly [string | number, string])[]): string => {
  const width = Math.max(...rows.map(([left]) => String(left).length))
  return rows.map(([left, right]) => `  ${String(left).padEnd(width)}  ${right}`).join('\n')
}

const environment = (): string => `Environment and configuration

A value is taken from the first of these that has it:
  a flag, the environment, the profile in use, the nearest hookctl.config.json
  from this folder upwards, your own configuration file, the default.
"hookctl config list" shows every value and where it came from, "hookctl config path" the files.

${columns(SETTING_KEYS.map(key => [SETTINGS[key].env, SETTINGS[key].summary]))}

An empty variable counts as not set. A token is used only for the server that stands beside it in the same
profile or file, unless HOOKCTL_TOKEN gives it.

${columns([
  ['HOOKCTL_CONFIG_DIR', 'folder of config.json; else $XDG_CONFIG_HOME/hookctl or ~/.config/hookctl'],
  ['HOOKCTL_STATE_DIR', 'folder of the default store; else $XDG_STATE_HOME/hookctl or ~/.local/state/hookctl'],
  [
    'NO_COLOR',
    'any value: no colour; FORCE_COLOR and CLICOLOR_FORCE: colour in pipes too; CLICOLOR=0, TERM=dumb: none',
  ],
  ['CI', 'never ask, like --no-input'],
])}
`

const exitCodes = (): string => `Exit codes

They never change their meaning, so scripts can rely on them.

${columns(EXIT_MEANINGS)}

What a command is asked for by name and is not there is 3; a word that a flag does not know, like a --platform, is 2.
Any command may end with 0 to 6, and with 130; with 7 or 8 only those whose help says when, and "hookctl commands --json".
`

const formatting = (): string => `Formatting

stdout is the answer; progress, notices and failures go to stderr.
On a terminal an answer is a table; in a pipe it is the same rows, tab-separated, without titles.
Choose with --output (-o) or HOOKCTL_OUTPUT: ${FORMATS.join(', ')}.

${columns([
  ['table, wide', 'aligned columns; wide has more of them and cuts nothing'],
  ['compact', 'one line for each, to grep'],
  ['json, yaml', 'one document; a list is {"data": [...], "page": {"next": ...}}, page only when there is more'],
  ['jsonl', 'one JSON object a line'],
  ['tsv', 'what a pipe gets'],
  ['id', 'one id a line, for xargs; -q is the same'],
])}

--json is -o json. Failures are then {"error": {"code", "message", "hint"}} on stderr.
--fields a,b,c prints these, in this order; a name that does not exist is refused with all that do.
What follows events as they happen prints compact, json or jsonl, one line each.
Times are relative on a terminal, exact with -o wide, and RFC 3339 in UTC everywhere else: hookctl help time.
Control characters and invisible ones in anything that came from elsewhere are shown as escapes such as \\x1b.
`

/** Flags of which several values count, any of them. */
const anyOf = Object.values(deliveryFilterKeys)
  .filter(key => 'many' in key && key.many === 'any')
  .map(({flag}) => `--${flag}`)

const inWords = (words: readonly string[]): string => words.join(', ').replace(/, (?=[^,]*$)/, ' and ')

const filters = (): string => `Filters

Flags that narrow a list mean the same in every command that has them, and all given ones must hold.
A value that cannot be, and a webhook, event, replay or context that is not there, is refused: a filter is never ignored.
Which flags a command has: add --help to it.

Deliveries are chosen by the same flags in delivery list, tail, wait, replay, expunge and export, and in stats:

${columns(Object.values(deliveryFilterKeys).map(({flag, description, ...rest}) => [`--${flag}${'value' in rest ? ` ${rest.value}` : ''}`, 'choices' in rest ? `${description}: ${rest.choices.join(', ')}` : description]))}

--since is inclusive, --until is not; both take what "hookctl help time" lists, and ask when the delivery was made.
In stats they mean whole hours or days and ask when an attempt began; --status and --class are of the attempt there.
${inWords(anyOf)} take a list with commas, or the flag repeated, and mean any of it:
--state failed,pending --status 4xx,503 --event node.*,group.*; the others take one value, and --where may be repeated.
Event types are names or patterns: node.added, node.*, *.created, *
A host stands with its port or without, and may have a *: *.example.com, 127.0.0.1:9000, [::1]
An object is TYPE:ID, or its id alone: Node:7, dcim.site:54, 7; an id with a colon in it is :ID.
Context, object and event type of a batch are those of its first event.
--undelivered is what failed or was cancelled, and what was sent again in its place was not delivered either; while a
replay is on its way it does not count. A replay with --to goes elsewhere, so it mends nothing.

--where compares what the body says, as it was sent; each one given must hold. PATH OP VALUE, in quotes for the shell:
${columns([
  ['data.name=db-1', 'equal: a text, a number by its value, true, false, null; != is not equal'],
  [
    "'data.size>=10'",
    'numbers, and texts that are numbers, with < <= > >=; other texts in the order of their characters',
  ],
  ["'data.at<2026-03-01'", 'so times in one spelling, like RFC 3339 in UTC, compare too'],
  ['data.name~db', 'the text contains it; with a * it matches whole: data.name~db-*; a list holds it; !~ is not so'],
  ['data.tags.0=blue', 'an item of a list by its number, from 0'],
  ["'*.data.name=db-1'", 'any item of a list, or any member: so in the body of a batch'],
  ['\'data."a.b"="10"\'', 'names with other signs, and values that are texts only, stand in double quotes'],
])}

Where a path leads nowhere only != and !~ hold. What was never rendered, like a skipped delivery, is compared with its
event: type, context, object, data, before, after.
`

/** Who else signs so. */
const ALSO: {readonly [name in SenderName]?: string} = {
  bitbucket: ', Jira too',
  meta: ': Facebook, Instagram, WhatsApp',
  gitea: ', Forgejo too',
}

const signatures = (): string => `Signatures

A signature is an HMAC over the exact bytes of the body: one space or line end more and it does not match.
So hand over the body as a file (--body FILE) or pipe it in (--body -), never through a shell variable or an editor.
"hookctl verify" and "hookctl sign" are short for "hookctl signature verify" and "hookctl signature sign".
Both work without store and server.

A secret is named, not typed: --secret-env NAME, --secret-file FILE, --secret-file - for stdin, or a question on a
terminal. One line end at the end of a secret file is not part of the secret; a notice says so.
verify ends with 0 when the signature is valid and with 7 when it is not, and --json gives the reason.

--scheme says how it is made and carried; without it verify goes by the headers, and sign takes netbox:

${columns([
  ['netbox', 'X-Hook-Signature: HMAC-SHA-512 in hex'],
  ['standard, standard-v1, standard-v1a', 'webhook-signature of Standard Webhooks'],
  ['github', 'X-Hub-Signature-256'],
  ['stripe', 'Stripe-Signature'],
  ['slack', 'X-Slack-Signature'],
  ...SENDER_NAMES.map(name => [name, `${SENDERS[name].header}${ALSO[name] ?? ''}`] as const),
  ['none', 'of webhooks and sources: nothing is signed'],
  ['hmac', 'any other HMAC, as flags tell it:'],
])}

  hookctl verify --request saved.http --secret-env HOOK_SECRET --algorithm sha256 \\
    --signature-header X-Acme-Signature --prefix 't={timestamp},v1=' --signed '{timestamp}.{body}'

--signed is what is hashed: {body}, or the fields of a {form}, and beside it {timestamp}, {id} and {url} where they are
signed. The time stands in the prefix, or in the header that --timestamp-header names, in seconds unless
--timestamp-format says otherwise; the id in that of --id-header. The URL is the one that the sender was given, as
--signed-url tells it; sign --to signs that which it sends to. SHA-1 counts only where the scheme is named.
`

const declarations = (): string => `Declarations

What an organization is to have, as a file in YAML or JSON: "hookctl export" writes one, "hookctl plan" shows what it
would change, "hookctl apply" changes it, all of it or nothing.

  kind: hookctl
  version: 1
  organization: default              # the one in use unless given; --organization wins
  contexts:
    - {id: campus, name: Campus Süd, kind: site-group}
  members:
    - {user: ada, role: admin, email: ada@example.com}
  webhooks:
    - name: cmdb                     # a webhook is found by its name
      platform: netbox@4.6
      url: https://cmdb.example.com/hooks
      secret: {env: CMDB_SECRET}     # or {file: PATH}, from the folder of this file; never the secret itself
      eventTypes: [dcim.site.*]
      headers:
        - {name: Authorization, value: {env: CMDB_AUTHORIZATION}}
      policies: {retry: {kind: list, delaysMs: [60000, 300000]}}
  sources:
    - {name: netbox, platform: netbox, secret: {env: NETBOX_SECRET}}
  eventTypes:
    - name: order.created
      schema: {file: order.schema.json}   # or the schema itself
      onMismatch: warn

Members are called as in "hookctl webhook show cmdb --json". One that does not stand there stays as it is, and is the
platform's own in a new webhook; settings, headers and eventTypes are meant as a whole. A section that does not stand
there is left alone; what a section does not have is deleted with --prune only. A secret that differs is rotated in,
the old one signs along for --grace. url, header values, headerLines and bodyTemplate may be references too.
Several files, or documents in one file, count as one. Tokens, deliveries and settings of hookctl are not declared.
`

const scripting = (): string => `Scripting

${columns([
  ['output', 'use --json, or -o tsv with --fields; tables are for people'],
  ['ids', 'hookctl … -q prints only ids: for xargs'],
  ['exit codes', 'test them, see "hookctl help exit-codes"'],
  ['questions', 'never asked without a terminal, with --no-input, or where CI is set: a missing value names its flag'],
  ['waiting', '"event send --wait", "delivery wait", "expect": 0 delivered or came, 7 not, 8 the time was up'],
  ['confirming', 'what destroys needs --yes'],
  [
    'drift',
    '"hookctl plan FILE --detailed-exitcode": 0 it is as declared, 7 it is not; see "hookctl help declarations"',
  ],
  ['colour', 'never in a pipe unless you force it'],
  ['Ctrl-C', 'a first one ends what follows or serves in good order, a second one at once; exit code 130'],
  ['SIGTERM', 'the same; "serve" and "worker run", which a service manager stops with it, end with 0'],
  ['commands', '"hookctl commands --json" lists every command with flags, exit codes and examples'],
  ['completion', '"hookctl complete" says how your shell completes commands, flags, names and ids'],
])}
`

const time = (): string => `Time

Flags that take a time (TIME):
${columns([
  ['2h, 3d, 1h30m', 'that long ago'],
  ['now', 'this moment'],
  ['2026-03-01', 'the first moment of that day; so are "today" and "yesterday"'],
  ['2026-03-01T10:00:00Z', 'RFC 3339, with its zone'],
  ['1772359200', 'seconds since 1970, only where the flag says so'],
])}

Days begin in UTC, or in the zone that was set, like Europe/Berlin, +02:00 or local (this machine's):
  hookctl config set zone Europe/Berlin      HOOKCTL_ZONE for one run

On a terminal times are told in that zone, else in that of the organization (hookctl org edit --zone), else in that of
this machine: a list has "5m ago", -o wide and whoever shows one thing the time itself. Programs get UTC.

Flags that take a duration (DURATION): 250ms, 90s, 15m, 1h30m, 7d, 2w; units from large to small, no spaces.
`

const SUBJECTS: Readonly<Record<HelpSubject, () => string>> = {
  environment,
  'exit-codes': exitCodes,
  formatting,
  filters,
  declarations,
  signatures,
  scripting,
  time,
}

const isSubject = (word: string | undefined): word is HelpSubject =>
  (HELP_SUBJECTS as readonly (string | undefined)[]).includes(word)

/**
 * The text for these words: a subject, a command, a topic; everything where there are none.
 *
 * @throws usage `unknown_command`, for one word with the subjects there are
 */
export async function helpOn(words: readonly string[], config: Config, width: number | undefined): Promise<string> {
  const [first] = words
  if (words.length === 1 && isSubject(first)) return SUBJECTS[first]()
  return helpText(config, commandName(words, config), width)
}

function commandName(words: readonly string[], config: Config): string {
  try {
    return findCommand(
      words,
      config.commands.map(({id}) => id.replaceAll(':', ' ')),
    ).name
  } catch (error) {
    throw words.length === 1 ? unknownSubject(words[0]!, error) : error
  }
}

function unknownSubject(word: string, error: unknown): unknown {
  if (!(error instanceof HookctlError)) return error
  const near = suggest(word, HELP_SUBJECTS)
  const command = error.hint?.startsWith('did you mean') ? error.hint : 'hookctl help'
  return usageError(
    'unknown_command',
    `no command, topic or subject "${word}"; the subjects are ${HELP_SUBJECTS.join(', ')}`,
    {hint: near === undefined ? command : `did you mean: hookctl help ${near}`},
  )
}
