import { parse, type CsvError } from 'csv-parse/sync'
import { NO_DESCRIPTION, type Description } from '../domain/description.js'
import type { IsoDate } from '../domain/dates.js'
import { UsageError } from '../domain/errors.js'
import { isSymbol } from '../domain/symbol.js'

/** One row of a universe file: a symbol, what it says about its security, and when it named it. */
export interface Listing {
  line: number
  symbol: string
  description: Description
  /** The first date; null is not known. */
  from: IsoDate | null
  /** The date after the last; null is not known, or none yet. */
  to: IsoDate | null
  /** Whether the dates are a guess, which evidence may contradict. */
  assumed: boolean
  /** What rows about one security have in common, whatever their symbols; null where the file does not say. */
  security: string | null
}

/** What a universe file says. */
export interface Listings {
  rows: Listing[]
  /** Rows of symbols that exchanges keep for tests. */
  testIssues: number
}

/** A row of delimited text and the line it ends on. */
export interface TextRow {
  line: number
  fields: string[]
}

export const undated = (line: number, symbol: string, description: Partial<Description>): Listing =>
  ({ line, symbol, description: { ...NO_DESCRIPTION, ...description }, from: null, to: null, assumed: false, security: null })

/** The error of a row that cannot be used. */
export function badRow(file: string, line: number, what: string, hint?: string): UsageError {
  return new UsageError('UNIVERSE_ROW_INVALID', `${file}, line ${line}: ${what}`, { hint: hint ?? 'nothing was imported' })
}

const CONTROL = /\p{Cc}/u

/**
 * Splits text into trimmed fields; blank lines are left out.
 * @throws UsageError UNIVERSE_ROW_INVALID for a quote out of place, a wrong number of fields or a control character
 */
export function textRows(file: string, text: string, options: { delimiter: string; quotes: boolean }): TextRow[] {
  let parsed: { record: string[]; info: { lines: number } }[]
  try {
    parsed = parse(text, {
      bom: true, delimiter: options.delimiter, quote: options.quotes ? '"' : false, relax_column_count: true, skip_empty_lines: true, trim: true, info: true,
    }) as unknown as typeof parsed
  } catch (cause) {
    const line = (cause as CsvError)['lines']
    throw badRow(file, typeof line === 'number' ? line : 1, 'this is no CSV; a quote is out of place')
  }
  const count = parsed[0]?.record.length ?? 0
  return parsed.map(({ record, info }) => {
    if (record.length !== count) throw badRow(file, info.lines, `${record.length} fields where the header has ${count}`)
    const broken = record.find((field) => CONTROL.test(field))
    if (broken !== undefined) throw badRow(file, info.lines, `the field ${JSON.stringify(broken.slice(0, 40))} has a control character`)
    return { line: info.lines, fields: record }
  })
}

/** The text as a symbol. @throws UsageError UNIVERSE_ROW_INVALID */
export function symbolOf(file: string, line: number, text: string): string {
  if (text === '') throw badRow(file, line, 'the symbol is empty')
  if (!isSymbol(text)) throw badRow(file, line, `${JSON.stringify(text.slice(0, 40))} is no symbol`, 'a symbol is 1 to 32 visible ASCII characters without spaces')
  return text
}
