import {HookctlCommand} from '../src/cli/base-command.ts'
import {EXIT} from '../src/cli/exit-codes.ts'
import {countFlag, durationFlag, numberFlag, switchFlag, textFlag} from '../src/cli/flags.ts'
import {checkingFlags, portFlag, receiverFlags} from '../src/cli/listen/flags.ts'
import {type Seen, seenJson} from '../src/cli/listen/seen.ts'
import {countsText, seenLine, seenText} from '../src/cli/listen/seen-text.ts'
import type {Ended} from '../src/cli/listen/session.ts'
import type {Format} from '../src/cli/output/formats.ts'
import {jsonLine} from '../src/cli/output/json.ts'
import {dedupeByFlag, eventTypeFlag} from '../src/cli/template-flags.ts'

const FORMATS: readonly Format[] = ['table', 'tsv', 'compact', 'json', 'jsonl', 'id']

export default class Listen extends HookctlCommand<typeof Listen> {
  static override summary = 'receive webhooks here, verify and show them'
  static override description =
    `A local HTTP receiver: takes any method, checks the signature where a secret is given, prints every request (--no-headers leaves its headers out) and answers as told. With a secret, a request without a signature is invalid. Credentials in headers are masked; --save keeps them.

--exec hands every request that is validly signed to a command of the shell, one after the other: the body on stdin, HOOK_EVENT, HOOK_DELIVERY, HOOK_METHOD, HOOK_PATH and HOOK_FROM in its environment. Where it ends with anything but 0 the answer is 500, so that the sender tries again; a delivery that is done is not handed over again.

--forward uses a URL with a path as it is; one without takes over the path of the request.

Exit code 0: ended as planned, 7: a request was invalid, 8: --timeout came before --count, 130: Ctrl-C.`
  static override examples = [
    'Show what comes, and check it:\n<%= config.bin %> listen --port 9000 --secret-env HOOK_SECRET',
    'Watch a sender retry:\n<%= config.bin %> listen --fail-first 2 --fail-status 503 --delay 2s',
    'Save every request and hand it on:\n<%= config.bin %> listen --save captured --forward http://127.0.0.1:3000/hooks',
    'Run a script for each change that is validly signed:\n<%= config.bin %> listen --port 9000 --secret-env HOOK_SECRET --exec ./on-change.sh',
    'In a script: one request, then go on:\n<%= config.bin %> listen --port 0 --ready-file ready.json --count 1 --timeout 30s --json',
  ]
  static override flags = {
    port: portFlag(9000),
    ...receiverFlags,
    ...checkingFlags,
    'reject-invalid': switchFlag({description: 'answer 401 to what is not validly signed'}),
    status: numberFlag({
      description: 'status to answer with',
      min: 200,
      max: 599,
      helpValue: 'CODE',
      exclusive: ['forward'],
    }),
    delay: durationFlag({description: 'wait before every answer'}),
    forward: textFlag({description: 'send every request on to this URL and give its answer', helpValue: 'URL'}),
    exec: textFlag({
      description: 'run this command for every valid request, its body on stdin; exit code 0 is answered with 200',
      helpValue: 'COMMAND',
      exclusive: ['forward', 'status'],
    }),
    'exec-timeout': durationFlag({
      description: 'stop the command after this time, 30s unless said',
      dependsOn: ['exec'],
    }),
    'event-type': eventTypeFlag({dependsOn: ['exec']}),
    'dedupe-by': dedupeByFlag({dependsOn: ['exec']}),
    count: countFlag,
    timeout: durationFlag({description: 'how long to wait at most'}),
  }
  protected override formats = FORMATS

  async run() {
    const {planFor} = await import('../src/cli/listen/plan.ts')
    const {runSession} = await import('../src/cli/listen/session.ts')
    const early: string[] = []
    const {surroundings, settings, now} = this
    const plan = await planFor(this.flags, {surroundings, settings, notice: text => early.push(text)})
    const ended = await runSession(this.flags, plan, {
      signal: this.interruption(),
      now,
      onReady: async ready => {
        await (this.#isJson ? this.write(jsonLine(ready)) : this.notice(`listening on ${ready.url} (Ctrl-C ends it)`))
        for (const text of early) this.notice(text)
      },
      onSeen: seen => this.write(this.#textOf(seen)),
      notice: text => this.notice(text),
    })
    this.notice(countsText(ended.counts))
    this.#setExitCode(ended)
    return ended
  }

  get #isJson(): boolean {
    return this.layout.format === 'json' || this.layout.format === 'jsonl'
  }

  #textOf(seen: Seen): string {
    const {format, headers, paint} = this.layout
    if (this.#isJson) return jsonLine(seenJson(seen))
    if (format === 'id') return `${seen.request.n}\n`
    return format === 'compact' ? `${seenLine(seen)}\n` : seenText(seen, {paint, headers})
  }

  #setExitCode({by, counts}: Ended): void {
    if (by === 'stopped') {
      if (this.wasInterrupted()) this.exitWith(EXIT.interrupted)
    } else if (by === 'timeout' && this.flags.count !== undefined) this.exitWith(EXIT.timeout)
    else if (counts.invalid > 0) this.answerNo()
  }
}
