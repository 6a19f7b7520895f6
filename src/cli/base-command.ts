import path from 'node:path'
import {Command} from '@oclif/core/command'
import type {Config} from '@oclif/core/config'
import type {InferredArgs, InferredFlags} from '@oclif/core/interfaces'
import type {Client} from '../client/client.ts'
import type {Page, PageRequest} from '../domain/page.ts'
import type {Embedded} from '../embedded.ts'
import type {TypedWord} from './as-typed.ts'
import type {Program} from './catalog.ts'
import type {Paint} from './color.ts'
import type {WhenAbsent} from './context.ts'
import {show} from './escape.ts'
import {EXIT, type ExitCode} from './exit-codes.ts'
import {checkRange, globalFlags, pageFlags} from './flags.ts'
import type {Interruption} from './interruption.ts'
import type {Column} from './output/column.ts'
import {pickColumns} from './output/fields.ts'
import {FORMATS, type Format, isMachineFormat} from './output/formats.ts'
import {jsonDocument, jsonLine, yamlDocument} from './output/json.ts'
import {makeLayout} from './output/layout.ts'
import {idLine} from './output/lines.ts'
import {type Layout, listDocument, listText, oneText, resultText, type Section, streamLine} from './output/print.ts'
import {type GivenFlags, resolveSettings, type Settings, type SettingsOptions} from './settings.ts'
import type {Surroundings} from './surroundings.ts'

type Flags<T extends typeof Command> = InferredFlags<T['flags'] & typeof globalFlags>
type Args<T extends typeof Command> = InferredArgs<T['args']>

/** How one page is asked for: `list` calls it once, or with `--all` until there is no next one. */
export type AskPage<Row> = (request: PageRequest) => Promise<Page<Row>>

/**
 * What every command is: flags → one call → print → return.
 *
 * A command declares `summary`, `examples`, `flags`, `args` (built with src/cli/flags.ts) and `run()`, and in `run()`
 * reads `this.flags`, `this.args`, `this.organization`, asks `await this.client()` and ends with exactly one of
 *
 *     return this.list(paging => client.call('webhook.list', {organization, ...paging}))   // rows of this.columns
 *     return this.one(webhook, fields, [section('Attempts', attempts, attemptColumns)])    // one thing
 *     return this.done(webhook, `created ${webhook.id}`, ['hookctl delivery tail'])        // a change, with next steps
 *     return this.stream(items)                                                            // lines as they come
 *
 * or prints nothing and returns a value: people see nothing, `--json` sees the value. All four honour `--json`, `-o`,
 * `-q`, `--fields`, `--no-headers` and escape everything remote. Lists set `protected override columns` (and spread
 * `pageFlags`), streams that and `protected override formats = STREAM_FORMATS`, so that a wrong `--fields` or `-o` is
 * refused before any I/O. A value that is missing: `await this.required('url', this.flags.url, 'URL to deliver to')`. What destroys:
 * `await this.confirm('delete webhook x?', this.flags.yes)`. "The answer is no": `this.answerNo()`, then return
 * as usual. Failures are thrown as HookctlError and nowhere caught: main renders them. Everything beside the answer
 * goes through `this.notice` or `this.hint`, never to stdout. Model: commands/config/.
 */
export abstract class HookctlCommand<T extends typeof Command = typeof Command> extends Command {
  static override baseFlags = globalFlags

  protected flags!: Flags<T>
  protected args!: Args<T>
  /** What a list or a stream can show; also checks `--fields` before anything happens. */
  // biome-ignore lint/suspicious/noExplicitAny: each command has rows of its own; list() and stream() check them.
  protected readonly columns: readonly Column<any>[] | undefined = undefined
  protected readonly formats: readonly Format[] = FORMATS
  /** What makes the first one, where a list of all has none. */
  protected readonly whenEmpty: string | undefined = undefined
  /** Work without configuration files that cannot be read: only for commands that help to repair them. */
  protected readonly needsConfig: boolean = true
  /** Of the store, where its place was named: only what writes into an empty one makes it. */
  protected readonly whenAbsent: WhenAbsent = 'refuse'

  /** Also the parser's context: flags that need the time read it from here. */
  surroundings!: Surroundings
  settings!: Settings
  /** Once the flags are parsed: failures are told with these. */
  typed: readonly TypedWord[] = []
  #interruption!: Interruption
  #layout!: Layout
  #client: Promise<Client> | undefined
  #exitCode: ExitCode = EXIT.done
  #printed = false

  abstract override run(): Promise<unknown>

  /** Parses, runs, prints what `run` returned if it printed nothing, closes what it opened. Rejects with its failure. */
  async execute(surroundings: Surroundings, interruption: Interruption): Promise<ExitCode> {
    this.surroundings = surroundings
    this.#interruption = interruption
    const {args, flags, raw} = await this.parse(this.ctor)
    this.typed = raw.map(word =>
      word.type === 'flag'
        ? {kind: 'flag', name: word.flag, input: word.input}
        : {kind: 'argument', name: word.arg, input: word.input},
    )
    this.args = args as Args<T>
    this.flags = flags as Flags<T>
    const global = flags as InferredFlags<typeof globalFlags>
    checkRange(flags)
    this.settings = resolveSettings(givenSettings(global), surroundings, {ignoreFiles: !this.needsConfig})
    this.#layout = await makeLayout(global, this.settings, surroundings, this.formats)
    if (global.fields !== undefined && this.columns !== undefined) pickColumns(this.columns, global.fields)
    try {
      const result = await this.run()
      if (!this.#printed) await this.#printValue(result)
      return this.#exitCode
    } finally {
      const client = await this.#client?.catch(() => undefined)
      await client?.close()
    }
  }

  /** Whether failures are told as JSON; undefined before the flags are parsed: nobody knows. */
  get wantsJson(): boolean | undefined {
    const format = this.#layout?.format
    return format && (format === 'json' || format === 'jsonl')
  }

  protected get organization(): string {
    return this.settings.text('organization')!
  }

  /** A path as typed, from the folder it was typed in. */
  protected path(typed: string): string {
    return path.resolve(this.surroundings.cwd, typed)
  }

  protected get layout(): Layout {
    return this.#layout
  }

  protected get paint(): Paint {
    return this.#layout.paint
  }

  protected get now(): () => number {
    return this.surroundings.now
  }

  /** Every command with its flags, as oclif knows them: for help and lists of commands. */
  protected everyCommand(): Promise<Config> {
    return (this.config as unknown as Program).everything()
  }

  /** The product: a server where one is named or running, else the local store in this process. Opened once. */
  protected client(): Promise<Client> {
    this.#client ??= import('./context.ts').then(({openClient}) =>
      openClient(this.settings, this.surroundings, this.config.version, {
        absent: this.whenAbsent,
        tell: text => this.notice(`warning: ${text}`),
      }),
    )
    return this.#client
  }

  /** A client this command opened in a way of its own: closed with the command. */
  protected clientOf(client: Promise<Client>): Promise<Client> {
    this.#client = client
    return client
  }

  /** The settings of this run once more, with the configuration files or without them. */
  protected readSettings(options: SettingsOptions): Settings {
    return resolveSettings(givenSettings(this.flags as InferredFlags<typeof globalFlags>), this.surroundings, options)
  }

  /** The product in this process, whether a server runs or not: for commands that are a server or a worker themselves. */
  protected async embedded(signal: AbortSignal): Promise<Embedded> {
    const {openBusy} = await import('./context.ts')
    const notice = (text: string) => this.notice(text)
    const embedded = await openBusy(this.settings, this.surroundings, this.config.version, {signal, notice})
    this.#client = Promise.resolve(embedded.client)
    return embedded
  }

  /** The first Ctrl-C aborts this signal and the command ends by itself; see interruption.ts. */
  protected interruption(): AbortSignal {
    return this.#interruption.claim()
  }

  /** Whether it was Ctrl-C that ended what was claimed; a SIGTERM asks for a good end, and gets exit code 0. */
  protected wasInterrupted(): boolean {
    return this.#interruption.received() === 'SIGINT'
  }

  /** Ended by Ctrl-C, be it a signal or a key. */
  protected endInterrupted(): void {
    this.#exitCode = EXIT.interrupted
  }

  /** Prints rows, all pages with `--all`, and says on stderr when there are more. */
  protected async list<Row>(
    ask: AskPage<Row> | readonly Row[],
    columns = this.columns as readonly Column<Row>[],
  ): Promise<unknown> {
    const {limit = 50, cursor, all} = this.flags as {limit?: number; cursor?: string; all?: boolean}
    const first: Page<Row> = typeof ask === 'function' ? await ask({limit, cursor}) : {items: ask, next: null}
    if (all && typeof ask === 'function' && first.next !== null) return this.#everyPage(ask, first, columns)
    await this.#print(listText(first, columns, this.#layout))
    this.#sayWhatIsLeft(first)
    return listDocument(first)
  }

  /** Prints rows that are all at hand: every one, or with `--limit` the first ones, saying how many there are. */
  protected async listWhole<Row>(rows: readonly Row[]): Promise<unknown> {
    const {limit = rows.length} = this.flags as {limit?: number}
    const listed = await this.list(rows.slice(0, limit))
    if (limit < rows.length) this.notice(`showing ${limit} of ${rows.length}; without --limit all are shown`)
    return listed
  }

  async #everyPage<Row>(ask: AskPage<Row>, first: Page<Row>, columns: readonly Column<Row>[]): Promise<unknown> {
    const items = [...first.items]
    for (let {next} = first; next !== null; ) {
      const page: Page<Row> = await ask({limit: 1000, cursor: next})
      items.push(...page.items)
      next = page.next
    }
    await this.#print(listText({items, next: null}, columns, this.#layout))
    return listDocument({items, next: null})
  }

  #sayWhatIsLeft<Row>({items, next}: Page<Row>): void {
    const everyPage = this.ctor.flags?.all === undefined ? '' : '--all, or '
    if (next !== null) this.notice(`showing ${items.length}; there are more: ${everyPage}--cursor ${next}`)
    else if (items.length === 0 && this.surroundings.stdout.isTTY) {
      this.notice('nothing found')
      if (this.whenEmpty !== undefined && this.#asksForAll()) this.hint(`next: ${this.whenEmpty}`)
    }
  }

  /** Whether no flag narrows the list. */
  #asksForAll(): boolean {
    const narrowing = Object.keys(this.ctor.flags).filter(name => !(name in pageFlags))
    return narrowing.every(name => (this.flags as Record<string, unknown>)[name] === undefined)
  }

  /** Prints one thing as titles and values, and what belongs to it below. */
  protected async one<Row>(
    row: Row,
    columns: readonly Column<Row>[] = this.columns as readonly Column<Row>[],
    sections: readonly Section[] = [],
  ): Promise<Row> {
    await this.#print(oneText(row, columns, this.#layout, sections))
    return row
  }

  /** Says what was done: a sentence or a few lines for people, the result for machines, its id with -q. `next`: commands to go on with. */
  protected async done<Result>(
    result: Result,
    sentence: string | readonly string[],
    next: readonly string[] = [],
  ): Promise<Result> {
    const text = [sentence].flat().map(line => `${show(line)}\n`)
    if (this.#asksForFields()) await this.#print(resultText(result, this.columns ?? [], this.#layout))
    else await this.answer(result, text.join(''))
    for (const command of next) this.hint(`next: ${command}`)
    return result
  }

  /** Whether a change is to be told by its fields: where the command has some, and a flag wants them. */
  #asksForFields(): boolean {
    const {output} = this.flags as {output?: Format}
    return this.columns !== undefined && (this.#layout.fields !== undefined || output === 'tsv' || output === 'compact')
  }

  /** Prints items as lines while they come; Ctrl-C ends it with exit code 130. Returns how many there were. */
  protected async stream<Row>(
    items: AsyncIterable<Row>,
    columns = this.columns as readonly Column<Row>[],
  ): Promise<number> {
    this.#printed = true
    // Where the same command has a table too, the format was chosen for that.
    const isForTable = this.formats.includes('table') && !isMachineFormat(this.#layout.format)
    const layout: Layout = isForTable ? {...this.#layout, format: 'compact'} : this.#layout
    let count = 0
    for await (const item of items) {
      await this.write(streamLine(item, columns, layout))
      count += 1
    }
    if (this.wasInterrupted()) this.#exitCode = EXIT.interrupted
    return count
  }

  /** An answer with a look of its own for people: `text` must have passed `show` or `showBody`. Machines get `result`. */
  protected async answer<Result>(result: Result, text: string): Promise<Result> {
    const {format} = this.#layout
    if (isMachineFormat(format)) await this.#printValue(result)
    else if (format === 'id') await this.#print(idLine(result, []))
    else await this.#print(text)
    return result
  }

  /** Something worth knowing beside the answer: stderr, unless --quiet. Bound: it is handed on as a plain function. */
  readonly notice = (text: string): void => {
    if (!this.isQuiet) this.surroundings.stderr.write(`${show(text)}\n`)
  }

  /**
   * A secret that is told now or never: where what is printed leaves it out it goes to stderr, even with --quiet.
   *
   * @param field what `--fields` calls it
   */
  protected tellSecret(secret: string, what = 'secret', field = 'secret'): void {
    const {format, fields} = this.#layout
    const isLeftOut = this.#asksForFields() && !(fields ?? []).includes(field)
    if (format === 'id' || isLeftOut) this.surroundings.stderr.write(`${what}, shown this once: ${show(secret)}\n`)
  }

  /** A next step: stderr, only where a person looks on. */
  protected hint(text: string): void {
    if (this.surroundings.stderr.isTTY && !isMachineFormat(this.#layout.format)) this.notice(text)
  }

  /** The run succeeded and the answer is no: exit code 7. */
  protected answerNo(): void {
    this.#exitCode = EXIT.answerNo
  }

  /** Ends with this code although nothing failed: 8 when waiting took too long. */
  protected exitWith(code: ExitCode): void {
    this.#exitCode = code
  }

  /** The value, or asks for it on a terminal, or a usage error that names the flag. */
  protected async required(flag: string, value: string | undefined, question: string): Promise<string> {
    if (value !== undefined) return value
    const prompts = await import('./prompts.ts')
    return prompts.askText({surroundings: this.surroundings, settings: this.settings}, {flag, question})
  }

  /** Goes on only after a yes: `--yes`, or an answer on a terminal. @throws usage `not_confirmed` */
  protected async confirm(question: string, yes: boolean | undefined, flag = '--yes'): Promise<void> {
    if (yes) return
    const prompts = await import('./prompts.ts')
    await prompts.askConfirmation({surroundings: this.surroundings, settings: this.settings}, {flag, question})
  }

  /**
   * Writes to stdout and waits while the reader is slow: a stream must not pile up in memory. For streams with a look
   * of their own (`listen`); the text must have passed `show`, `showBody` or `showJson`.
   */
  protected write(text: string): Promise<void> {
    this.#printed = true
    return new Promise(resolve => {
      this.surroundings.stdout.write(text, () => resolve())
    })
  }

  /** Bytes for a file or another program: exactly these, on a terminal too. */
  protected writeBytes(bytes: Uint8Array): Promise<void> {
    this.#printed = true
    return new Promise(resolve => {
      this.surroundings.stdout.write(bytes, () => resolve())
    })
  }

  /** Whether `--quiet` was given: nothing beside the answer. */
  protected get isQuiet(): boolean {
    return (this.flags as {quiet?: boolean}).quiet === true
  }

  async #print(text: string | Promise<string>): Promise<void> {
    this.#printed = true
    const ready = await text
    if (ready !== '') await this.write(ready)
  }

  /** What a machine gets when nothing was printed for people. */
  async #printValue(value: unknown): Promise<void> {
    const {format} = this.#layout
    if (format === 'json') await this.#print(jsonDocument(value))
    else if (format === 'jsonl') await this.#print(jsonLine(value))
    else if (format === 'yaml') await this.#print(yamlDocument(value))
  }

  override log(): never {
    throw new Error('print through list, one, done or stream')
  }
}

const givenSettings = (flags: InferredFlags<typeof globalFlags>): GivenFlags => ({
  store: flags.store,
  server: flags.server,
  organization: flags.organization,
  profile: flags.profile,
  output: flags.json ? 'json' : flags.output,
  color: flags['no-color'] ? 'never' : flags.color,
  noInput: flags['no-input'] || undefined,
  debug: flags.debug || undefined,
})
