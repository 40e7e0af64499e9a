import { dayNumber, isIsoDate, type IsoDate } from '../domain/dates.js'
import { SourceError } from '../domain/errors.js'
import { csvLines } from '../formats/csv.js'
import type { BarsPage, BarsReading } from './bar-provider.js'
import { wrongFormat } from './json-answer.js'
import { BAR_FIELDS, textBars, type BarField, type TextRow } from './text-bars.js'
import { askedDates, slotOfDate } from './wall-clock.js'

/** What the columns of a provider's CSV may be called, in lower case; there may be others beside them. `sign` is one whose values are not read, without which it is another's. */
export type CsvColumns = Readonly<Record<BarField | 'time', readonly string[]> & { sign?: readonly string[] }>

/** Daily bars follow each other within so many days, but for those of securities that hardly trade. */
const MOST_DAYS_APART = 4

/** How a value that is not there is written. */
const EMPTY: ReadonlySet<string> = new Set(['', 'null'])

const NOTHING = Object.fromEntries(BAR_FIELDS.map((field) => [field, null])) as Record<BarField, null>

/**
 * Bars of CSV with a header and a date in each row, in any order of columns and rows. Rows of other dates than those asked for are none, and so are those
 * without any value; one with more or fewer fields than the header is rejected.
 * @param endsOpen whether the bar of the last date of all rows may still change
 * @param written the number that a price was before it was written, where the provider writes some otherwise
 * @throws SourceError ANSWER_FORMAT, naming the column
 */
export function csvBars(body: Buffer, symbol: string, reading: BarsReading, columns: CsvColumns, written = (price: string): string => price, endsOpen = false): BarsPage {
  const block = csvLines({ bytes: withoutMark(body), firstLine: 1 })
  const [header, ...lines] = block.lines
  const names = (header?.fields ?? []).map((name) => name.trim())
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
    const valueOf = (field: BarField): string | null => {
      const value = fields[at[field]]!
      return EMPTY.has(value) ? null : field === 'volume' ? value : written(value)
    }
    const values = Object.fromEntries(BAR_FIELDS.map((field) => [field, valueOf(field)])) as TextRow['values']
    if (BAR_FIELDS.every((field) => values[field] === null)) continue
    rows.push({ ...row, date: text, slot: slotOfDate(text, reading.timespan, reading.periods), values })
  }
  if (reading.timespan === 'day') {
    requireDates(lines.map(({ fields }) => fields?.[at.time] ?? ''))
    requireDays(dates)
  }
  const last = dates.toSorted().at(-1)
  const marked = endsOpen ? rows.map((row) => (row.date !== undefined && row.date === last ? { ...row, provisional: true } : row)) : rows
  return { rows: rows.length, bars: textBars(marked, symbol, reading, called), next: null }
}

/** The same of a file that was saved at a time that nobody knows: its last date may have been under way. @throws SourceError ANSWER_FORMAT, naming the column */
export function csvFile(body: Buffer, symbol: string, reading: BarsReading, columns: CsvColumns, written?: (price: string) => string): BarsPage {
  return csvBars(body, symbol, reading, columns, written, true)
}

/** Without the mark of UTF-8 that some programs put in front. */
function withoutMark(body: Buffer): Buffer {
  return body.subarray(0, 3).equals(Buffer.of(0xef, 0xbb, 0xbf)) ? body.subarray(3) : body
}

/** Where the columns are, and what they are called. */
function findColumns(names: readonly string[], columns: CsvColumns): [Record<BarField | 'time', number>, Record<BarField | 'time', string>] {
  const found = Object.entries<readonly string[]>(columns).map(([field, may]) => {
    const places = names.flatMap((name, place) => (may.includes(name.toLowerCase()) ? [place] : []))
    const shown = JSON.stringify(names.join(',').slice(0, 120))
    if (places.length !== 1) throw wrongFormat(may[0]!, `is ${places.length === 0 ? 'missing in' : 'twice in'} the header, which is ${shown}`)
    return [field, places[0]!] as const
  })
  return [Object.fromEntries(found) as Record<BarField | 'time', number>, Object.fromEntries(found.map(([field, place]) => [field, names[place]!])) as Record<BarField | 'time', string>]
}

/** An export of weeks or months has the same columns as one of days: nine of ten rows are far apart, seldom two weeks close to each other. */
function requireDays(dates: readonly IsoDate[]): void {
  const days = dates.map(dayNumber).toSorted((a, b) => a - b)
  const far = days.filter((day, index) => index > 0 && day - days[index - 1]! > MOST_DAYS_APART).length
  if (days.length > 2 && far * 10 >= (days.length - 1) * 9) {
    throw noDays(`${MOST_DAYS_APART + 1} or more days apart, as those of weeks and months are`)
  }
}

/** Likewise one of minutes, whose rows have a time beside the date. */
function requireDates(times: readonly string[]): void {
  const [first] = times
  if (first !== undefined && times.every((time) => isIsoDate(time.slice(0, 10)) && /^[ T]\d/.test(time.slice(10)))) throw noDays(`of times of day (${JSON.stringify(first.slice(0, 40))}), as those of minutes are`)
}

const noDays = (what: string): SourceError => new SourceError('ANSWER_FORMAT', `the rows are ${what}`, { hint: 'bars of days are wanted' })
