import { addDays, isIsoDate, type IsoDate } from '../domain/dates.js'
import { UsageError } from '../domain/errors.js'
import { badRow, symbolOf, textRows, type Listing, type Listings, type TextRow } from './listing.js'

const COLUMNS = ['symbol', 'name', 'type', 'exchange', 'active', 'sector', 'industry', 'issuer', 'underlying_index', 'valid_from', 'valid_to', 'assumed', 'security'] as const
type Column = (typeof COLUMNS)[number]

const YES = new Set(['true', 't', 'yes', 'y', '1'])
const NO = new Set(['false', 'f', 'no', 'n', '0'])
/** What many lists write for "no end". */
const NO_END = '9999-12-31'

function checkHeader(file: string, names: readonly string[]): void {
  const known = new Set<string>(COLUMNS)
  const unknown = names.filter((name) => !known.has(name))
  const twice = names.filter((name, index) => names.indexOf(name) !== index)
  const hint = `columns are ${COLUMNS.join(', ')}; only symbol is needed, the order is free`
  if (!names.includes('symbol')) {
    throw new UsageError('UNIVERSE_HEADER', `${file}, line 1: the header has no column symbol; it is ${JSON.stringify(names.join(',').slice(0, 120))}`, {
      hint: `${hint}; nasdaqlisted.txt and otherlisted.txt are taken as they come`,
    })
  }
  if (unknown.length > 0) throw new UsageError('UNIVERSE_HEADER', `${file}, line 1: unknown column ${unknown.join(', ')}`, { hint })
  if (twice.length > 0) throw new UsageError('UNIVERSE_HEADER', `${file}, line 1: the column ${twice[0]} stands there twice`, { hint })
}

function dateOf(file: string, line: number, column: Column, text: string): IsoDate | null {
  if (text === '') return null
  if (!isIsoDate(text)) throw badRow(file, line, `${column} is ${JSON.stringify(text.slice(0, 40))}`, 'dates are real ones and written YYYY-MM-DD')
  return text
}

function truthOf(file: string, line: number, column: Column, text: string): boolean | null {
  const word = text.toLowerCase()
  if (word === '') return null
  if (YES.has(word)) return true
  if (NO.has(word)) return false
  throw badRow(file, line, `${column} is ${JSON.stringify(text.slice(0, 40))}`, `${column} is true or false`)
}

function listing(file: string, { line, fields }: TextRow, columns: ReadonlyMap<string, number>): Listing {
  const cell = (column: Column) => fields[columns.get(column) ?? -1] ?? ''
  const text = (column: Column) => cell(column) || null
  const from = dateOf(file, line, 'valid_from', cell('valid_from'))
  const last = dateOf(file, line, 'valid_to', cell('valid_to'))
  if (from !== null && last !== null && from > last) throw badRow(file, line, `valid_from ${from} is after valid_to ${last}`)
  return {
    line,
    symbol: symbolOf(file, line, cell('symbol')),
    description: {
      name: text('name'), type: text('type'), exchange: text('exchange'), active: truthOf(file, line, 'active', cell('active')),
      sector: text('sector'), industry: text('industry'), issuer: text('issuer'), underlyingIndex: text('underlying_index'),
    },
    from,
    to: last === null || last === NO_END ? null : addDays(last, 1),
    assumed: truthOf(file, line, 'assumed', cell('assumed')) ?? false,
    security: text('security'),
  }
}

/**
 * A universe as CSV: a header, then one row a symbol (or a symbol and its dates). `valid_to` is the last date; an empty
 * cell says nothing. Dates that are `assumed` give way to evidence. Rows with the same `security`, whatever that is, are one.
 * @throws UsageError naming file and line
 */
export function readUniverseCsv(file: string, text: string): Listings {
  const [header, ...rows] = textRows(file, text, { delimiter: ',', quotes: true })
  const names = header?.fields ?? []
  checkHeader(file, names)
  const columns = new Map(names.map((name, index) => [name, index]))
  return { rows: rows.map((row) => listing(file, row, columns)), testIssues: 0 }
}
