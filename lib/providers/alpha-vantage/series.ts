import * as v from 'valibot'
import { isWeekend } from '../../calendar/calendar.js'
import type { TimespanName } from '../../datasets/timespan.js'
import { addDays, isIsoDate, type DateRange, type IsoDate } from '../../domain/dates.js'
import { SourceError } from '../../domain/errors.js'
import { wallTime } from '../../domain/zone.js'
import type { BarProvider, BarsReading } from '../bar-provider.js'
import { checked, jsonOf, wrongFormat } from '../json-answer.js'
import { textBars, type BarField, type TextRow } from '../text-bars.js'
import { askedDates, dateOfStamp, EXCHANGE_ZONE, slotOfDate, slotOfStamp } from '../wall-clock.js'
import { nameOf } from './symbols.js'

/** How many of the newest rows an answer has that is not asked for in full. */
const COMPACT = 100

const FIELDS: Readonly<Record<BarField, string>> = { open: '1. open', high: '2. high', low: '3. low', close: '4. close', volume: '5. volume' }

/** Which function gives the bars of a timespan, and what they stand under in its answer. */
const SERIES: Partial<Record<TimespanName, { name: string; title: string }>> = {
  minute: { name: 'TIME_SERIES_INTRADAY', title: 'Time Series (1min)' },
  day: { name: 'TIME_SERIES_DAILY', title: 'Time Series (Daily)' },
  week: { name: 'TIME_SERIES_WEEKLY', title: 'Weekly Time Series' },
  month: { name: 'TIME_SERIES_MONTHLY', title: 'Monthly Time Series' },
}

const ROW = v.object(Object.fromEntries(Object.values(FIELDS).map((name) => [name, v.nullable(v.string())])))

/**
 * Bars of one symbol as they were traded, newest first: minutes of a month, extended hours among them; days, all or the newest; all weeks; all months. A
 * week or month is stamped with its last session so far.
 * Source: https://www.alphavantage.co/documentation/
 */
export const SERIES_BARS: BarProvider['bars'] = {
  title: 'Time Series API',
  question(symbol, timespan, range, now) {
    const query = { function: SERIES[timespan]!.name, symbol: nameOf(symbol) ?? symbol, datatype: 'json' }
    const more = timespan === 'minute'
      ? { interval: '1min', month: range.start.slice(0, 7), adjusted: 'false', extended_hours: 'true', outputsize: 'full' }
      : timespan === 'day' ? { outputsize: isRecent(range, now) ? 'compact' : 'full' } : {}
    return { path: '/query', query: { ...query, ...more } }
  },
  read(body, symbol, reading) {
    const { timespan } = reading
    const { title } = SERIES[timespan]!
    const answer = checked(v.object({ 'Meta Data': v.record(v.string(), v.string()), [title]: v.record(v.string(), v.unknown()) }), jsonOf(body))
    const facts = factsOf(answer['Meta Data'] as Readonly<Record<string, string>>, symbol)
    const series = Object.entries(answer[title] as Readonly<Record<string, unknown>>)
    const dates = series.map(([text]) => dateOf(text, title, timespan))
    requireComplete(dates, facts.size, reading)
    const asked = askedDates(reading.periods)
    const newest = dates.reduce<string>((last, date) => (date > last ? date : last), '')
    const rows: TextRow[] = []
    for (const [index, [text, row]] of series.entries()) {
      const date = dates[index]!
      if (date < asked.start || date > asked.end) continue
      const slot = timespan === 'minute' ? slotOfStamp(text, reading.periods) : slotOfDate(date, timespan, reading.periods)
      const values = valuesOf(row, `${title}.${text}`)
      const provisional = date === newest && slot !== undefined && mayChange(date, slot, facts.refreshed, reading)
      rows.push({ slot, values, provisional, raw: () => Buffer.from(JSON.stringify({ [text]: row })) })
    }
    return { rows: rows.length, bars: textBars(rows, symbol, reading, { ...FIELDS, time: title }), next: null }
  },
}

/** Whether the newest rows reach back to the range: no exchange opens more often than on weekdays. */
function isRecent({ start }: DateRange, now: Date): boolean {
  const today = wallTime(now, EXCHANGE_ZONE).date
  let weekdays = 0
  for (let date = start; date <= today && weekdays <= COMPACT; date = addDays(date, 1)) if (!isWeekend(date)) weekdays++
  return weekdays <= COMPACT
}

/** What an answer says of itself, by names with a number in front that differs from function to function. */
function factsOf(meta: Readonly<Record<string, string>>, symbol: string): { refreshed: string; size: string | undefined } {
  const fact = (name: string): string | undefined => Object.entries(meta).find(([key]) => key.replace(/^\d+\. /, '') === name)?.[1]
  const needed = (name: string): string => {
    const found = fact(name)
    if (found === undefined) throw wrongFormat(`Meta Data.${name}`, 'is missing')
    return found
  }
  const [about, zone] = [needed('Symbol'), needed('Time Zone')]
  if (about !== nameOf(symbol)) {
    throw new SourceError('ANSWER_OTHER_SYMBOL', `the answer is about ${JSON.stringify(about.slice(0, 60))}, and ${nameOf(symbol) ?? symbol} was asked for`)
  }
  if (zone !== 'US/Eastern') throw wrongFormat('Meta Data.Time Zone', `is ${JSON.stringify(zone.slice(0, 60))}, and not US/Eastern`)
  return { refreshed: needed('Last Refreshed'), size: fact('Output Size') }
}

function dateOf(text: string, title: string, timespan: TimespanName): IsoDate {
  const date = timespan === 'minute' ? dateOfStamp(text) : text
  if (date === undefined || !isIsoDate(date)) throw wrongFormat(`${title}.${text.slice(0, 60)}`, 'is no time of a bar')
  return date
}

/** The newest rows may not be all that there are of what was asked for. */
function requireComplete(dates: readonly IsoDate[], size: string | undefined, { timespan, periods }: BarsReading): void {
  if (size !== 'Compact' || dates.length < COMPACT) return
  const oldest = dates.reduce((first, date) => (date < first ? date : first))
  let { start } = askedDates(periods)
  while (isWeekend(start)) start = addDays(start, 1)
  if (timespan === 'minute' || oldest > start) {
    throw new SourceError('ANSWER_INCOMPLETE', `the answer has the newest ${dates.length} rows only, from ${oldest} on, and those from ${start} on were asked for`)
  }
}

function valuesOf(row: unknown, place: string): TextRow['values'] {
  if (typeof row !== 'object' || row === null) throw wrongFormat(place, 'is no object')
  const found = checked(ROW, row)
  return Object.fromEntries(Object.entries(FIELDS).map(([field, name]) => [field, found[name] ?? null])) as TextRow['values']
}

/**
 * Whether the newest bar may still change, though its time may be over: an answer that was refreshed within a session says the time of day, and one that is
 * behind has its week or month without the last days. (Of one that ends with a holiday the same is thought until the next one begins.)
 */
function mayChange(date: IsoDate, slot: number, refreshed: string, { timespan, periods }: BarsReading): boolean {
  if (timespan === 'minute') return false
  const [on, time] = refreshed.split(' ')
  if (on === date && time !== undefined && time < '16:00:00') return true
  if (timespan === 'day') return false
  let last = periods.dates(slot).end
  while (isWeekend(last)) last = addDays(last, -1)
  return date < last
}
