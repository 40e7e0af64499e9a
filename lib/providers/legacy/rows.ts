import { BASES, type Basis } from '../../domain/basis.js'
import { isIsoDate } from '../../domain/dates.js'
import type { LegacyRow } from '../../domain/legacy-row.js'
import { csvLines, type CsvLine } from '../../formats/csv.js'
import type { BarsPage, BarsReading } from '../bar-provider.js'
import { wrongFormat } from '../json-answer.js'
import { BAR_FIELDS, textBars, type TextRow } from '../text-bars.js'
import { slotOfDate } from '../wall-clock.js'

const COLUMNS = ['date', ...BAR_FIELDS, 'transactions'] as const
const HEADER = COLUMNS.join(',')
/** Lines before the first row. */
const HEAD = 2
const CALLED = { time: 'date', open: 'open', high: 'high', low: 'low', close: 'close', volume: 'volume' }

/** A row is a line: whatever breaks one is no part of a number. */
function fieldOf(value: string | null): string {
  const text = (value ?? '').replaceAll(/[\r\n]/g, ' ')
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The rows of one symbol as they are kept: what their prices are adjusted for, and CSV. Equal rows in the same order give the same bytes. */
export function writeRows(basis: Basis, rows: readonly LegacyRow[]): Buffer {
  return Buffer.from([`# basis: ${basis}`, HEADER, ...rows.map((row) => COLUMNS.map((name) => fieldOf(row[name])).join(','))].map((line) => `${line}\n`).join(''))
}

function basisOf(body: Buffer): Basis {
  const [first = '', header] = body.toString('latin1', 0, 100).split('\n', HEAD)
  const basis = BASES.find((name) => first === `# basis: ${name}`)
  if (basis === undefined || header !== HEADER) throw wrongFormat('the file', `begins with ${JSON.stringify(first.slice(0, 60))}, which is no import of a table`)
  return basis
}

/** Reads what {@link writeRows} wrote. @throws SourceError ANSWER_FORMAT */
export function readRows(body: Buffer, symbol: string, reading: BarsReading): BarsPage {
  const basis = basisOf(body)
  const block = csvLines({ bytes: body, firstLine: 1 })
  const rows = block.lines.slice(HEAD).map(({ line, fields }: CsvLine): TextRow => {
    const [date = '', open, high, low, close, volume, transactions] = (fields ?? []).map((field) => field || null)
    return {
      slot: date !== null && isIsoDate(date) ? slotOfDate(date, reading.timespan, reading.periods) : undefined,
      values: { open: open ?? null, high: high ?? null, low: low ?? null, close: close ?? null, volume: volume ?? null }, transactions: transactions ?? null,
      raw: () => block.raw(line),
    }
  })
  return { rows: rows.length, bars: textBars(rows, symbol, reading, CALLED).map((bar) => ({ ...bar, basis })), next: null }
}
