import type {Command} from '@oclif/core/command'
import type {Page, PageRequest} from '../domain/page.ts'
import {CommandRun} from './command-run.ts'
import {show} from './escape.ts'
import {globalFlags, pageFlags} from './flags.ts'
import type {Column} from './output/column.ts'
import {type Format, isMachineFormat} from './output/formats.ts'
import {jsonDocument, jsonLine, yamlDocument} from './output/json.ts'
import {idLine} from './output/lines.ts'
import {type Layout, listDocument, listText, oneText, resultText, type Section, streamLine} from './output/print.ts'

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
export abstract class HookctlCommand<T extends typeof Command = typeof Command> extends CommandRun<T> {
  // Said again: what makes the manifest looks no further up than the first class without a static of its own.
  static override baseFlags = globalFlags

  /** What makes the first one, where a list of all has none. */
  protected readonly whenEmpty: string | undefined = undefined

  /** Prints rows, all pages with `--all`, and says on stderr when there are more. */
  protected async list<Row>(
    ask: AskPage<Row> | readonly Row[],
    columns = this.columns as readonly Column<Row>[],
  ): Promise<unknown> {
    const {limit = 50, cursor, all} = this.flags as {limit?: number; cursor?: string; all?: boolean}
    const first: Page<Row> = typeof ask === 'function' ? await ask({limit, cursor}) : {items: ask, next: null}
    if (all && typeof ask === 'function' && first.next !== null) return this.#everyPage(ask, first, columns)
    await this.#print(listText(first, columns, await this.#layoutOfList(columns)))
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
    await this.#print(listText({items, next: null}, columns, await this.#layoutOfList(columns)))
    return listDocument({items, next: null})
  }

  /** A zone is asked for only where times of the day are shown. */
  async #layoutOfList<Row>(columns: readonly Column<Row>[]): Promise<Layout> {
    const isExact = this.layout.times?.exact === true || columns.some(({kind}) => kind === 'clock')
    return isExact ? this.layoutInZone() : this.layout
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
    await this.#print(oneText(row, columns, await this.layoutInZone(), sections))
    return row
  }

  /** Says what was done: a sentence or a few lines for people, the result for machines, its id with -q. `next`: commands to go on with. */
  protected async done<Result>(
    result: Result,
    sentence: string | readonly string[],
    next: readonly string[] = [],
  ): Promise<Result> {
    const text = [sentence].flat().map(line => `${show(line)}\n`)
    if (this.#asksForFields()) await this.#print(resultText(result, this.columns ?? [], this.layout))
    else await this.answer(result, text.join(''))
    for (const command of next) this.hint(`next: ${command}`)
    return result
  }

  /** Whether a change is to be told by its fields: where the command has some, and a flag wants them. */
  #asksForFields(): boolean {
    const {output} = this.flags as {output?: Format}
    return this.columns !== undefined && (this.layout.fields !== undefined || output === 'tsv' || output === 'compact')
  }

  /** Prints items as lines while they come; Ctrl-C ends it with exit code 130. Returns how many there were. */
  protected async stream<Row>(
    items: AsyncIterable<Row>,
    columns = this.columns as readonly Column<Row>[],
  ): Promise<number> {
    this.hasAnswered = true
    // Where the same command has a table too, the format was chosen for that.
    const look = await this.#layoutOfList(columns)
    const isForTable = this.formats.includes('table') && !isMachineFormat(look.format)
    const layout: Layout = isForTable ? {...look, format: 'compact'} : look
    let count = 0
    for await (const item of items) {
      await this.write(streamLine(item, columns, layout))
      count += 1
    }
    if (this.wasInterrupted()) this.endInterrupted()
    return count
  }

  /** An answer with a look of its own for people: `text` must have passed `show` or `showBody`. Machines get `result`. */
  protected async answer<Result>(result: Result, text: string): Promise<Result> {
    const {format} = this.layout
    if (isMachineFormat(format)) await this.answerValue(result)
    else if (format === 'id') await this.#print(idLine(result, []))
    else await this.#print(text)
    return result
  }

  /**
   * A secret that is told now or never: where what is printed leaves it out it goes to stderr, even with --quiet.
   *
   * @param field what `--fields` calls it
   */
  protected tellSecret(secret: string, what = 'secret', field = 'secret'): void {
    const {format, fields} = this.layout
    const isLeftOut = this.#asksForFields() && !(fields ?? []).includes(field)
    if (format === 'id' || isLeftOut) this.surroundings.stderr.write(`${what}, shown this once: ${show(secret)}\n`)
  }

  async #print(text: string | Promise<string>): Promise<void> {
    this.hasAnswered = true
    const ready = await text
    if (ready !== '') await this.write(ready)
  }

  protected override async answerValue(value: unknown): Promise<void> {
    const {format} = this.layout
    if (format === 'json') await this.#print(jsonDocument(value))
    else if (format === 'jsonl') await this.#print(jsonLine(value))
    else if (format === 'yaml') await this.#print(yamlDocument(value))
  }
}
