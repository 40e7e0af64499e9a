import type pg from 'pg'
import type { Calendar } from '../../../calendar/calendar.js'
import { isIsoDate, type DateRange, type IsoDate } from '../../../domain/dates.js'
import { SourceError, UsageError } from '../../../domain/errors.js'
import { wallTime } from '../../../domain/zone.js'
import { sqlStateOf } from '../../../postgres/sqlstates.js'
import { writeRows } from '../../../providers/legacy/rows.js'
import { isAllMidnightUtc, MOST_ROWS, rowsBySymbol, survey, type BarColumns, type ReadTable, type Survey, type SymbolRows } from '../../../store/legacy/rows.js'
import { findTable, tableColumns, tablesElsewhere, type FoundTable } from '../../../store/legacy/table.js'
import { chooseColumns } from './columns.js'
import type { Given } from './given.js'
import type { TableRequest } from './request.js'

/** The class of SQLSTATEs of values that an expression cannot take. */
const DATA_EXCEPTIONS = '22'

/** A table that can be imported, and what there is in it. */
export interface OpenedTable extends ReadTable, Survey {
  warnings: string[]
}

/** @throws UsageError where there is no such table, it is ours, or it may not be read */
async function tableNamed(client: pg.ClientBase, name: string): Promise<FoundTable> {
  const table = await findTable(client, name)
  if (table === undefined) {
    const elsewhere = await tablesElsewhere(client, name)
    throw new UsageError('IMPORT_TABLE_UNKNOWN', `there is no table ${JSON.stringify(name)}`, {
      hint: elsewhere.length === 0 ? 'name it as SQL does, with its schema: SCHEMA.TABLE' : `there is ${elsewhere.join(', ')}: name it with its schema`,
    })
  }
  if (table.own) throw new UsageError('IMPORT_TABLE_OWN', `${table.name} holds bars that are stored already: it is a table of this program, or a view of one`)
  if (table.readable) return table
  throw new UsageError('IMPORT_TABLE_UNREADABLE', `the user of the database may not read ${table.name}`, { hint: `have it granted: grant select on ${table.name} to the user, and usage on its schema` })
}

/** What is told of rows that a view, or a generated column, fails to compute. */
function unreadable({ name }: FoundTable, error: unknown): unknown {
  if (!sqlStateOf(error)?.startsWith(DATA_EXCEPTIONS)) return error
  return new SourceError('IMPORT_TABLE_UNREADABLE', `${name} cannot be read: ${(error as Error).message}`, { cause: error, hint: 'import a view in its place that leaves such rows out' })
}

function warningsOf({ name }: FoundTable, columns: BarColumns, { withoutSymbol }: Survey): string[] {
  const floats = Object.values(columns).filter((column) => column?.kind === 'float').map((column) => column!.name)
  return [
    ...(floats.length === 0 ? [] : [`${name}: ${floats.join(', ')} ${floats.length === 1 ? 'is' : 'are'} binary floating point: taken as the shortest decimals that give the same binary numbers`]),
    ...(withoutSymbol === 0 ? [] : [`${name}: ${withoutSymbol} ${withoutSymbol === 1 ? 'row' : 'rows'} without a symbol left out (a symbol is 1 to 32 visible ASCII characters)`]),
  ]
}

/** Finds a table and looks at all of it, in the transaction at hand. @throws UsageError where it cannot be imported */
export async function openTable(client: pg.ClientBase, { table: name, symbols, start, end }: TableRequest): Promise<OpenedTable> {
  const table = await tableNamed(client, name)
  const columns = chooseColumns(table, await tableColumns(client, table))
  const read = { table, columns, filter: { symbols, start, end }, inUtc: columns.time.kind === 'timestamptz' && (await isAllMidnightUtc(client, table, columns.time)) }
  const found = await survey(client, read).catch((error: unknown) => {
    throw unreadable(table, error)
  })
  if (found.intraday !== null) {
    const { symbol, date } = found.intraday
    throw new UsageError('IMPORT_INTRADAY', `${table.name} has bars of several times a day, for instance of ${symbol} on ${date}, and daily ones are wanted`, {
      hint: 'import a view in its place that has one row a symbol and date',
    })
  }
  return { ...read, ...found, warnings: warningsOf(table, columns, found) }
}

/** The first and last of the dates that the calendar knows; where there is none, today, on which all of them are rejected. */
function rangeOf(dates: readonly (string | null)[], calendar: Calendar, now: Date): DateRange {
  const { start, end } = calendar.range
  const known = dates.filter((date): date is IsoDate => date !== null && isIsoDate(date) && date >= start && date <= end).toSorted()
  const { date: today } = wallTime(now, calendar.exchange.zone)
  return { start: known[0] ?? today, end: known.at(-1) ?? today }
}

function givenOf({ symbol, count, rows }: SymbolRows, { basis }: TableRequest, calendar: Calendar, now: Date): Given {
  const range = rangeOf(rows.map(({ date }) => date), calendar, now)
  const isWithin = ({ start, end }: DateRange, date: string | null): boolean => date !== null && date >= start && date <= end
  return {
    symbol, part: '', range, rows: count,
    body: (piece, isFirst) => writeRows(basis, rows.filter(({ date }) => isWithin(piece, date) || (isFirst && !isWithin(range, date)))),
    fault: count <= MOST_ROWS ? null : new SourceError('IMPORT_TOO_MANY_ROWS', `${symbol} has ${count} rows, and daily bars are ${MOST_ROWS} at most`),
  }
}

/** The rows of each symbol, one in memory at a time, in the transaction at hand. */
export async function* givenByTable(client: pg.ClientBase, table: OpenedTable, request: TableRequest, calendar: Calendar, now: Date): AsyncGenerator<Given, void, undefined> {
  try {
    for await (const rows of rowsBySymbol(client, table)) yield givenOf(rows, request, calendar, now)
  } catch (error) {
    throw unreadable(table.table, error)
  }
}
