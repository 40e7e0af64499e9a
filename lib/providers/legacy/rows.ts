import { SourceError } from '../../domain/errors.js'
import { isIsoDate } from '../../domain/dates.js'
import type { Decimal } from '../../domain/bar.js'
import { BASES, type Basis } from '../../domain/basis.js'
import { parseDecimal } from '../../domain/decimal.js'
import type { RejectReason } from '../../domain/reject.js'
import { csvLines } from '../../formats/csv.js'
import type { BarsPage, BarsReading, ProviderBar } from '../bar-provider.js'

/** A row of an old table as text; null where it has none. */
export interface LegacyRow {
  date: string | null
  open: string | null
  high: string | null
  low: string | null
  close: string | null
  volume: string | null
  transactions: string | null
}

const COLUMNS = ['date', 'open', 'high', 'low', 'close', 'volume', 'transactions'] as const
const VALUES = ['open', 'high', 'low', 'close', 'volume'] as const
const HEADER = COLUMNS.join(',')
const NANOSECONDS_A_MS = 1_000_000n

/** A row is a line: whatever breaks one is no part of a number. */
function fieldOf(value: string | null): string {
  const text = (value ?? '').replaceAll(/[\r\n\0]/g, ' ')
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The rows of one symbol as they are kept: what their prices are adjusted for, and CSV. Equal rows in the same order give the same bytes. */
export function writeRows(basis: Basis, rows: readonly LegacyRow[]): Buffer {
  return Buffer.from([`# basis: ${basis}`, HEADER, ...rows.map((row) => COLUMNS.map((name) => fieldOf(row[name])).join(','))].map((line) => `${line}\n`).join(''))
}

/** @throws SourceError ANSWER_FORMAT */
function basisOf(text: string): Basis {
  const [first, header] = text.split('\n', 2)
  const basis = BASES.find((name) => first === `# basis: ${name}`)
  if (basis !== undefined && header === HEADER) return basis
  throw new SourceError('ANSWER_FORMAT', `the file begins with ${JSON.stringify(text.slice(0, 60))}, which is no import of a table`)
}

/** Reads what {@link writeRows} wrote, row by row: one that is no bar is rejected. @throws SourceError ANSWER_FORMAT */
export function readRows(body: Buffer, symbol: string, { periods, tally, firstRow }: BarsReading): BarsPage {
  const basis = basisOf(body.toString('latin1', 0, 200))
  const block = csvLines({ bytes: body, firstLine: 1 })
  tally.from({ raw: (line) => block.raw(line - firstRow + 3) })
  const rows = block.lines.slice(2)
  const bars: ProviderBar[] = []
  for (const [index, { fields }] of rows.entries()) {
    const line = firstRow + index
    tally.counts.read++
    let fault: { reason: RejectReason; field: string } | undefined
    const [date = '', ...values] = fields ?? []
    const numberOf = (name: (typeof COLUMNS)[number], text = ''): Decimal => {
      const fail = (reason: RejectReason) => (fault ??= { reason, field: name })
      if (text !== '') return parseDecimal(text, fail) ?? ('0' as Decimal)
      fail('null_value')
      return '0' as Decimal
    }
    const [open, high, low, close, volume] = VALUES.map((name, at) => numberOf(name, values[at])) as [Decimal, Decimal, Decimal, Decimal, Decimal]
    const trades = values[VALUES.length] ?? ''
    const transactions = trades === '' ? null : numberOf('transactions', trades)
    if (transactions?.includes('.')) fault ??= { reason: 'bad_number', field: 'transactions' }
    if (transactions !== null && transactions.length > 18) fault ??= { reason: 'number_too_long', field: 'transactions' }
    // At noon in UTC it is the same date in New York.
    const slot = isIsoDate(date) ? periods.slot(BigInt(Date.parse(`${date}T12:00:00Z`)) * NANOSECONDS_A_MS) : undefined
    if (slot === undefined) fault ??= { reason: date === '' ? 'null_value' : 'wrong_date', field: 'date' }
    if (fault === undefined) bars.push({ line, symbol, slot: slot!, open, high, low, close, volume, transactions, basis })
    else tally.reject(line, fault.reason, fault.field, symbol)
  }
  return { rows: rows.length, bars, next: null }
}
