import path from 'node:path'
import {Command} from '@oclif/core/command'
import type {Config} from '@oclif/core/config'
import type {InferredArgs, InferredFlags} from '@oclif/core/interfaces'
import type {Client} from '../client/client.ts'
import {isZone} from '../domain/zone.ts'
import type {Embedded} from '../embedded.ts'
import type {TypedWord} from './as-typed.ts'
import type {Program} from './catalog.ts'
import type {Paint} from './color.ts'
import type {WhenAbsent} from './context.ts'
import {show} from './escape.ts'
import {EXIT, type ExitCode} from './exit-codes.ts'
import {checkRange, globalFlags} from './flags.ts'
import type {Interruption} from './interruption.ts'
import type {Column} from './output/column.ts'
import {pickColumns} from './output/fields.ts'
import {FORMATS, type Format, isMachineFormat} from './output/formats.ts'
import {makeLayout} from './output/layout.ts'
import type {Layout} from './output/print.ts'
import {type GivenFlags, resolveSettings, type Settings, type SettingsOptions, zoneChoice} from './settings.ts'
import type {Surroundings} from './surroundings.ts'
import {typedFor} from './typed-for.ts'
import type {Zone} from './zone.ts'

type Flags<T extends typeof Command> = InferredFlags<T['flags'] & typeof globalFlags>
type Args<T extends typeof Command> = InferredArgs<T['args']>

/**
 * One run of a command: its words parsed, its settings resolved, the product opened and closed, and what it ends with.
 * How it answers is HookctlCommand's (base-command.ts).
 */
export abstract class CommandRun<T extends typeof Command = typeof Command> extends Command {
  static override baseFlags = globalFlags

  protected flags!: Flags<T>
  protected args!: Args<T>
  /** What a list or a stream can show; also checks `--fields` before anything happens. */
  // biome-ignore lint/suspicious/noExplicitAny: each command has rows of its own; list() and stream() check them.
  protected readonly columns: readonly Column<any>[] | undefined = undefined
  protected readonly formats: readonly Format[] = FORMATS
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
  /** Whether stdout has got its answer. */
  protected hasAnswered = false

  abstract override run(): Promise<unknown>

  /** What a machine gets when nothing was printed for people. */
  protected abstract answerValue(value: unknown): Promise<void>

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
      if (!this.hasAnswered) await this.answerValue(result)
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

  /** The layout with the zone in which a person sees times: the one that was set, else that of the organization, else this machine's. */
  protected async layoutInZone(): Promise<Layout> {
    const {times} = this.#layout
    if (times !== undefined && zoneChoice(this.settings) === undefined) {
      this.#layout = {...this.#layout, times: {...times, zone: await this.#zoneOfOrganization()}}
    }
    return this.#layout
  }

  async #zoneOfOrganization(): Promise<Zone> {
    try {
      const client = await this.#client
      const zone = (await client?.call('org.show', {organization: this.organization}))?.zone ?? ''
      // What a server knows of zones this machine may not.
      return isZone(zone) ? zone : undefined
    } catch {
      // A token that may not ask, an organization that is not there: no reason to withhold the answer.
      return undefined
    }
  }

  protected get paint(): Paint {
    return this.#layout.paint
  }

  /** For flags that name a day without a zone; asked while they are parsed. */
  readonly zoneOfDays = (): Zone => {
    const settings = resolveSettings({profile: typedFor(this.argv, '--profile')}, this.surroundings)
    const choice = zoneChoice(settings)
    return choice === undefined ? '+00:00' : choice.zone
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

  /** Something worth knowing beside the answer: stderr, unless --quiet. Bound: it is handed on as a plain function. */
  readonly notice = (text: string): void => {
    if (!this.isQuiet) this.surroundings.stderr.write(`${show(text)}\n`)
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
    this.hasAnswered = true
    return new Promise(resolve => {
      this.surroundings.stdout.write(text, () => resolve())
    })
  }

  /** Bytes for a file or another program: exactly these, on a terminal too. */
  protected writeBytes(bytes: Uint8Array): Promise<void> {
    this.hasAnswered = true
    return new Promise(resolve => {
      this.surroundings.stdout.write(bytes, () => resolve())
    })
  }

  /** Whether `--quiet` was given: nothing beside the answer. */
  protected get isQuiet(): boolean {
    return (this.flags as {quiet?: boolean}).quiet === true
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
