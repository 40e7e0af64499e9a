import pg from 'pg'
import { DAY_AGGS } from '../../datasets/day.js'
import type { IsoDate } from '../../domain/dates.js'
import type { LegacyRow } from '../../domain/legacy-row.js'
import type { FoundTable, TableColumn } from './table.js'

/** Which column has what. */
export interface BarColumns {
  symbol: TableColumn
  time: TableColumn
  open: TableColumn
  high: TableColumn
  low: TableColumn
  close: TableColumn
  volume: TableColumn
  /** Null where the table has none. */
  transactions: TableColumn | null
}

/** Which rows: null means any. */
export interface RowFilter {
  symbols: readonly string[] | null
  start: IsoDate | null
  end: IsoDate | null
}

/** A table as it is read. */
export interface ReadTable {
  table: FoundTable
  columns: BarColumns
  filter: RowFilter
  /** Whether instants are of their date in UTC: where all of them are its midnight; else of the exchange's date. */
  inUtc: boolean
}

/** What there is to read. */
export interface Survey {
  rows: number
  /** Rows whose symbol is none. */
  withoutSymbol: number
  /** A symbol and date with rows of several times. */
  intraday: { symbol: string; date: string } | null
}

/** The rows of a symbol in order of their dates. */
export interface SymbolRows {
  symbol: string
  /** How many there are; of too many only the first are here. */
  count: number
  rows: LegacyRow[]
}

/** Rows that are asked for at once. */
const ROWS_AT_ONCE = 2000
/** Most rows of a symbol that are kept: twice the dates that any exchange has had. */
export const MOST_ROWS = 100_000

const VALUES = ['open', 'high', 'low', 'close', 'volume', 'transactions'] as const
const IS_SYMBOL = `coalesce(symbol ~ '^[!-~]{1,32}$', false)`

function column({ name, kind }: TableColumn): string {
  return kind === 'text' ? `btrim(${pg.escapeIdentifier(name)}::text)` : `${pg.escapeIdentifier(name)}::text`
}

/** The rows as text, with the date and the moment of each; parameters 1 to 3 are the filter. */
function rowsOf({ table, columns, inUtc }: ReadTable): string {
  const time = pg.escapeIdentifier(columns.time.name)
  const local = columns.time.kind === 'timestamptz' ? `(${time} at time zone '${inUtc ? 'UTC' : DAY_AGGS.zone}')` : time
  const values = VALUES.map((name) => `${columns[name] === null ? 'null' : column(columns[name])} collate "C" as ${name}`)
  return `
    rows as (
      select * from (select ${column(columns.symbol)} collate "C" as symbol, ${local}::date as date, ${time} as moment, ${values.join(', ')} from ${table.name}) r
      where ($1::text[] is null or symbol = any ($1)) and ($2::date is null or date >= $2) and ($3::date is null or date <= $3)
    )`
}

const filterOf = ({ filter: { symbols, start, end } }: ReadTable): unknown[] => [symbols, start, end]

/** Begins a transaction that sees the database as it is now, and writes nothing. */
export async function beginReading(client: pg.ClientBase): Promise<void> {
  // All rows are read: the plan by which the first ones come soonest is not the best.
  await client.query('begin isolation level repeatable read, read only; set local cursor_tuple_fraction = 1')
}

/** Whether every instant of the column is a midnight in UTC. */
export async function isAllMidnightUtc(client: pg.ClientBase, { name: table }: FoundTable, { name }: TableColumn): Promise<boolean> {
  const time = `(${pg.escapeIdentifier(name)} at time zone 'UTC')`
  const { rows } = await client.query<{ all: boolean }>(`select coalesce(bool_and(${time} = date_trunc('day', ${time})), true) as all from ${table}`)
  return rows[0]!.all
}

/** Looks at all rows before any is taken. */
export async function survey(client: pg.ClientBase, read: ReadTable): Promise<Survey> {
  const { rows: counts } = await client.query<{ rows: number; withoutSymbol: number }>(
    `with ${rowsOf(read)} select count(*) as rows, count(*) filter (where not ${IS_SYMBOL}) as "withoutSymbol" from rows`, filterOf(read))
  const { rows: intraday } = read.columns.time.kind === 'date' ? { rows: [] } : await client.query<{ symbol: string; date: string }>(
    `with ${rowsOf(read)} select symbol, date from rows where ${IS_SYMBOL} group by symbol, date having min(moment) < max(moment) order by symbol, date limit 1`, filterOf(read))
  return { ...counts[0]!, intraday: intraday[0] ?? null }
}

/**
 * The rows of one symbol after the other, in the transaction at hand; equal rows in the same order wherever they lie. Those whose symbol is none are left out.
 * One symbol is in memory at a time.
 */
export async function* rowsBySymbol(client: pg.ClientBase, read: ReadTable): AsyncGenerator<SymbolRows, void, undefined> {
  const columns = ['symbol', 'date', ...VALUES]
  await client.query(`
    declare legacy_rows no scroll cursor for
    with ${rowsOf(read)} select ${columns.map((name) => (name === 'date' ? 'date::text' : name)).join(', ')} from rows where ${IS_SYMBOL} order by ${columns.join(', ')}`, filterOf(read))
  let current: SymbolRows | undefined
  for (;;) {
    const { rows } = await client.query<LegacyRow & { symbol: string }>(`fetch ${ROWS_AT_ONCE} from legacy_rows`)
    for (const { symbol, ...row } of rows) {
      if (current?.symbol !== symbol) {
        if (current) yield current
        current = { symbol, count: 0, rows: [] }
      }
      current.count++
      if (current.count <= MOST_ROWS) current.rows.push(row)
    }
    if (rows.length === 0) break
  }
  if (current) yield current
}
