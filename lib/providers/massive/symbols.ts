import { none, type Stage } from '../../domain/stage.js'
import { isSymbol } from '../../domain/symbol.js'
import type { CsvLine } from '../../formats/csv.js'
import { massiveColumns, type MassiveColumns } from './columns.js'

/** Line to its symbol, null where it has none that can be one; the first line is the header. */
export function massiveSymbols(): Stage<CsvLine, string | null> {
  let columns: MassiveColumns | undefined
  return ({ fields }) => {
    if (columns === undefined) {
      columns = massiveColumns(fields)
      return none
    }
    const symbol = fields?.length === columns.count ? fields[columns.ticker] : undefined
    return symbol !== undefined && isSymbol(symbol) ? symbol : null
  }
}
