import {usageError} from '../../errors.ts'
import {suggest} from '../suggest.ts'
import {type Column, jsonValue} from './column.ts'

/**
 * The columns `--fields` names, in its order.
 *
 * @throws usage `unknown_field` with every field there is.
 */
export function pickColumns<Row>(columns: readonly Column<Row>[], fields: readonly string[]): readonly Column<Row>[] {
  return fields.map(field => {
    const column = columns.find(each => each.key === field)
    if (column !== undefined) return column
    const keys = columns.map(each => each.key)
    const near = suggest(field, keys)
    throw usageError('unknown_field', `no field "${field}"; there are ${keys.join(', ')}`, {
      hint: near === undefined ? `--fields ${keys.slice(0, 3).join(',')}` : `did you mean: ${near}`,
    })
  })
}

/** The row with only these fields, as JSON has them. */
export const pickFields = <Row>(row: Row, columns: readonly Column<Row>[]): Record<string, unknown> =>
  Object.fromEntries(columns.map(column => [column.key, jsonValue(column, row)]))
