import { dayNumber, isIsoDate, type IsoDate } from '../domain/dates.js'
import { csvLines } from '../formats/csv.js'
import type { BarsPage, BarsReading } from './bar-provider.js'
import { wrongFormat } from './json-answer.js'
import { BAR_FIELDS, textBars, type BarField, type TextRow } from './text-bars.js'
import { askedDates, slotOfDate } from './wall-clock.js'

/** What the columns of a provider's CSV may be called, in lower case; there may be others beside them. */
export type CsvColumns = Readonly<Record<BarField | 'time', readonly string[]>>

/** Rows of daily bars are apart by no more days than these where the exchange does not rest for a week. */
const MOST_DAYS_APART = 4

/** How a value that is not there is written. */
const EMPTY: ReadonlySet<string | undefined> = new Set(['', 'null'])

const NOTHING = Object.fromEntries(BAR_FIELDS.map((field) => [field, null])) as Record<BarField, null>

/**
 * Bars of CSV with a header and a date in each row, in any order of columns and rows. Rows of other dates than those asked for are none, and so are those
 * without any value; one with more or fewer fields than the header is rejected.
 * @param provisional says of a row's date, and the last date of all rows, whether its bar may still change
 * @throws SourceError ANSWER_FORMAT, naming the column
 */
export function csvBars(body: Buffer, symbol: string, reading: BarsReading, columns: CsvColumns, provisional: (date: IsoDate, last: IsoDate) => boolean = () => false): BarsPage {
  const block = csvLines({ bytes: withoutMark(body), firstLine: 1 })
  const [header, ...lines] = block.lines
  const names = (header?.fields ?? []).map((name) => name.trim().toLowerCase())
  const [at, called] = findColumns(names, columns)
  const asked = askedDates(reading.periods)
  const rows: (TextRow & { date?: IsoDate })[] = []
  const dates: IsoDate[] = []
  for (const { line, fields } of lines) {
    const text = fields?.[at.time] ?? ''
    const row = { raw: () => block.raw(line) }
    if (fields?.length !== names.length || !isIsoDate(text)) {
      const fault = fields === null ? 'malformed' as const : fields.length === names.length ? 'wrong_date' as const : 'field_count' as const
      rows.push({ ...row, slot: undefined, values: NOTHING, fault })
      continue
    }
    dates.push(text)
    if (text < asked.start || text > asked.end) continue
    const values = Object.fromEntries(BAR_FIELDS.map((field) => [field, EMPTY.has(fields[at[field]]) ? null : fields[at[field]]])) as TextRow['values']
    if (BAR_FIELDS.every((field) => values[field] === null)) continue
    rows.push({ ...row, date: text, slot: slotOfDate(text, reading.timespan, reading.periods), values })
  }
  if (reading.timespan === 'day') requireDays(dates)
  const last = dates.toSorted().at(-1)
  const marked = rows.map((row) => (row.date !== undefined && last !== undefined && provisional(row.date, last) ? { ...row, provisional: true } : row))
  return { rows: rows.length, bars: textBars(marked, symbol, reading, called), next: null }
}

/** The same of a file that was saved at a time that nobody knows: its last date may have been under way. @throws SourceError ANSWER_FORMAT, naming the column */
export function csvFile(body: Buffer, symbol: string, reading: BarsReading, columns: CsvColumns): BarsPage {
  return csvBars(body, symbol, reading, columns, (date, last) => date === last)
}

/** Without the mark of UTF-8 that some programs put in front. */
function withoutMark(body: Buffer): Buffer {
  return body.subarray(0, 3).equals(Buffer.of(0xef, 0xbb, 0xbf)) ? body.subarray(3) : body
}

/** Where the columns are, and what they are called. */
function findColumns(names: readonly string[], columns: CsvColumns): [Record<BarField | 'time', number>, Record<BarField | 'time', string>] {
  const found = Object.entries(columns).map(([field, may]) => {
    const places = names.flatMap((name, place) => (may.includes(name) ? [place] : []))
    const shown = JSON.stringify(names.join(',').slice(0, 120))
    if (places.length !== 1) throw wrongFormat(may[0]!, `is ${places.length === 0 ? 'missing in' : 'twice in'} the header, which is ${shown}`)
    return [field, places[0]!] as const
  })
  return [Object.fromEntries(found) as Record<BarField | 'time', number>, Object.fromEntries(found.map(([field, place]) => [field, names[place]!])) as Record<BarField | 'time', string>]
}

/** An export of weeks or months has the same columns as one of days. */
function requireDays(dates: readonly IsoDate[]): void {
  const days = dates.map(dayNumber).toSorted((a, b) => a - b)
  if (days.length > 2 && days.every((day, index) => index === 0 || day - days[index - 1]! > MOST_DAYS_APART)) {
    throw wrongFormat('the rows', `are ${MOST_DAYS_APART + 1} or more days apart, as those of weeks and months are, and bars of days were to be had`)
  }
}
