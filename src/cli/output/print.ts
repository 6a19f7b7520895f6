import type {Page} from '../../domain/page.ts'
import type {Paint} from '../color.ts'
import {show, showBody} from '../escape.ts'
import type {Column} from './column.ts'
import {pickColumns, pickFields} from './fields.ts'
import {type Format, isMachineFormat} from './formats.ts'
import {jsonDocument, jsonLine, yamlDocument} from './json.ts'
import {compactLine, idLine, tsvLine} from './lines.ts'
import {renderBlock, renderTable, type TableOptions} from './table.ts'

/** How this run wants its answer. */
export interface Layout extends TableOptions {
  readonly format: Format
  readonly fields: readonly string[] | undefined
  readonly paint: Paint
}

/** What belongs to a single thing but is a list or a text of its own: attempts, headers, a body. */
export type Section =
  // biome-ignore lint/suspicious/noExplicitAny: each section has rows of its own type, checked where it is built.
  | {readonly title: string; readonly rows: readonly any[]; readonly columns: readonly Column<any>[]}
  | {readonly title: string; readonly text: string}

/** A section whose columns fit its rows. */
export const section = <Row>(title: string, rows: readonly Row[], columns: readonly Column<Row>[]): Section => ({
  title,
  rows,
  columns,
})

function shownColumns<Row>(columns: readonly Column<Row>[], layout: Layout): readonly Column<Row>[] {
  if (layout.fields !== undefined) return pickColumns(columns, layout.fields)
  return layout.format === 'wide' ? columns : columns.filter(column => column.wide !== true)
}

const chosen = <Row>(row: Row, columns: readonly Column<Row>[], layout: Layout): unknown =>
  layout.fields === undefined ? row : pickFields(row, pickColumns(columns, layout.fields))

/** A list as JSON has it: `page` only where there is another one. */
export const listDocument = <Row>({items, next}: Page<Row>) => ({data: items, ...(next === null ? {} : {page: {next}})})

/** The text of a list in the wanted format. */
export async function listText<Row>(
  {items: rows, next}: Page<Row>,
  columns: readonly Column<Row>[],
  layout: Layout,
): Promise<string> {
  const document = () => listDocument({items: rows.map(row => chosen(row, columns, layout)), next})
  const shown = shownColumns(columns, layout)
  switch (layout.format) {
    case 'json':
      return jsonDocument(document())
    case 'yaml':
      return yamlDocument(document())
    case 'jsonl':
      return rows.map(row => jsonLine(chosen(row, columns, layout))).join('')
    case 'tsv':
      return rows.map(row => tsvLine(row, shown)).join('')
    case 'compact':
      return rows.map(row => compactLine(row, shown)).join('')
    case 'id':
      return rows.map(row => idLine(row, columns)).join('')
    default:
      return rows.length === 0 ? '' : renderTable(rows, shown, layout)
  }
}

async function sectionText(part: Section, layout: Layout): Promise<string> {
  const plainText = layout.format === 'tsv'
  const title = plainText ? show(part.title) : layout.paint('bold', show(part.title))
  if ('text' in part) {
    const text = showBody(part.text)
    return `${title}\n${text}${text.endsWith('\n') ? '' : '\n'}`
  }
  const rows = plainText
    ? part.rows.map(row => tsvLine(row, part.columns)).join('')
    : await renderTable(part.rows, part.columns, layout)
  return `${title}\n${rows}`
}

/** The text of one thing in the wanted format. Sections are for people: JSON has it all in the thing itself. */
export async function oneText<Row>(
  row: Row,
  columns: readonly Column<Row>[],
  layout: Layout,
  sections: readonly Section[] = [],
): Promise<string> {
  const shown = shownColumns(columns, layout)
  switch (layout.format) {
    case 'json':
      return jsonDocument(chosen(row, columns, layout))
    case 'jsonl':
      return jsonLine(chosen(row, columns, layout))
    case 'yaml':
      return yamlDocument(chosen(row, columns, layout))
    case 'compact':
      return compactLine(row, shown)
    case 'id':
      return idLine(row, columns)
    default: {
      const head =
        layout.format === 'tsv'
          ? shown.map(column => tsvLine(row, [{key: '', value: () => column.key}, column])).join('')
          : renderBlock(row, shown, layout)
      const filled = sections.filter(part => ('text' in part ? part.text !== '' : part.rows.length > 0))
      const texts = await Promise.all(filled.map(part => sectionText(part, layout)))
      return layout.fields === undefined ? [head, ...texts].join('\n') : head
    }
  }
}

/** What a change came to, where its fields are asked for: for a script their values alone, in one line. */
export const resultText = async <Row>(row: Row, columns: readonly Column<Row>[], layout: Layout): Promise<string> =>
  layout.format === 'tsv' ? tsvLine(row, shownColumns(columns, layout)) : oneText(row, columns, layout)

/** One item of a stream as one line: on a terminal with its colours and clock. */
export function streamLine<Row>(row: Row, columns: readonly Column<Row>[], layout: Layout): string {
  if (isMachineFormat(layout.format)) return jsonLine(chosen(row, columns, layout))
  if (layout.format === 'id') return idLine(row, columns)
  const shown = shownColumns(columns, layout)
  return layout.format === 'tsv' ? tsvLine(row, shown) : compactLine(row, shown, layout)
}
