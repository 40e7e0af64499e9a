import { UsageError } from '../../../domain/errors.js'
import type { BarColumns } from '../../../store/legacy/rows.js'
import type { FoundTable, TableColumn } from '../../../store/legacy/table.js'

const TIMES: readonly TableColumn['kind'][] = ['date', 'timestamp', 'timestamptz']
const NUMBERS: readonly TableColumn['kind'][] = ['number', 'float', 'text']

/** What each column may be called, in any case, and of what kind it has to be. */
const WANTED = {
  symbol: { names: ['symbol', 'ticker'], kinds: ['text'], form: 'text' },
  time: { names: ['time', 'date', 'timestamp', 'day'], kinds: TIMES, form: 'a date or timestamp' },
  open: { names: ['open'], kinds: NUMBERS, form: 'a number or text' },
  high: { names: ['high'], kinds: NUMBERS, form: 'a number or text' },
  low: { names: ['low'], kinds: NUMBERS, form: 'a number or text' },
  close: { names: ['close'], kinds: NUMBERS, form: 'a number or text' },
  volume: { names: ['volume'], kinds: NUMBERS, form: 'a number or text' },
  transactions: { names: ['transactions'], kinds: NUMBERS, form: 'a number or text' },
} as const satisfies Record<keyof BarColumns, { names: readonly string[]; kinds: readonly TableColumn['kind'][]; form: string }>

type Name = keyof typeof WANTED

function fail({ name }: FoundTable, what: string): UsageError {
  return new UsageError('IMPORT_COLUMNS', `${name} ${what}`, { hint: 'a view that names and casts its columns can be imported in its place' })
}

/** The column for a part of a bar; undefined where there is none. @throws UsageError where there are several, or it is of a kind that is not read */
function found(table: FoundTable, columns: readonly TableColumn[], part: Name): TableColumn | undefined {
  const { names, kinds, form }: { names: readonly string[]; kinds: readonly TableColumn['kind'][]; form: string } = WANTED[part]
  const [column, another] = columns.filter(({ name }) => names.includes(name.toLowerCase()))
  if (column && another) throw fail(table, `has two columns that may be the ${part}: ${column.name} and ${another.name}`)
  if (column && !kinds.includes(column.kind)) throw fail(table, `has a column ${column.name} of type ${column.type}, and ${form} is wanted`)
  return column
}

/** Which column of a table has what, by their names. @throws UsageError IMPORT_COLUMNS */
export function chooseColumns(table: FoundTable, columns: readonly TableColumn[]): BarColumns {
  const chosen = Object.fromEntries((Object.keys(WANTED) as Name[]).map((part) => [part, found(table, columns, part) ?? null])) as Record<Name, TableColumn | null>
  const missing = (Object.keys(WANTED) as Name[]).filter((part) => part !== 'transactions' && chosen[part] === null)
  if (missing.length > 0) {
    const names = missing.map((part) => WANTED[part].names.join(' or '))
    throw fail(table, `has no column ${names.join(', and none ')}; it has ${columns.map(({ name }) => name).join(', ')}`)
  }
  return chosen as BarColumns
}
