import { isLosslessNumber, parse, stringify } from 'lossless-json'
import { addDays, weekday, type IsoDate } from '../../../lib/domain/dates.js'
import { instantOf, wallTime } from '../../../lib/domain/zone.js'
import type { TimespanName } from '../../../lib/datasets/timespan.js'
import type { RestBar, RestMarket, RestSecurity } from '../rest-market.js'
import { rowOf, type Answer, type Dialect, type RestRequest } from './dialect.js'

const ZONE = 'America/New_York'
const INTERVALS: Readonly<Record<string, TimespanName>> = { '1d': 'day', '1wk': 'week', '1mo': 'month' }
const FIELDS = { open: 'o', high: 'h', low: 'l', close: 'c', volume: 'v' } as const

const refused = (status: number, code: string, description: string): Answer => ({ status, rows: null, body: () => JSON.stringify({ chart: { result: null, error: { code, description } } }) })
const TOO_MANY = 'Too Many Requests\r\n'

/** The part of Yahoo's API that charts are, in the shapes that were recorded: prices and dividends adjusted for the splits since, as float32. Give it a market of whole cents and shares. */
export const YAHOO_DIALECT: Dialect = {
  provider: 'yahoo',
  env: (url) => ({ YAHOO_API_BASE_URL: url }),
  answer,
  refusals: {
    limited: { status: 429, body: TOO_MANY },
    exhausted: null,
    unknownKey: null,
    notEntitled: { status: 401, body: JSON.stringify({ finance: { result: null, error: { code: 'Unauthorized', description: 'Invalid Crumb' } } }) },
  },
}

function answer(market: RestMarket, { url, headers }: RestRequest): Answer {
  const { pathname, searchParams } = new URL(url, 'http://localhost')
  if (!headers['user-agent']?.startsWith('Mozilla/')) return { status: 429, type: 'text/plain', rows: null, body: () => TOO_MANY }
  const [, version, part, kind, name = ''] = pathname.split('/').map(decodeURIComponent)
  const timespan = INTERVALS[searchParams.get('interval') ?? '']
  const [from, until] = ['period1', 'period2'].map((field) => Number(searchParams.get(field) ?? NaN)) as [number, number]
  if (version !== 'v8' || part !== 'finance' || kind !== 'chart') return refused(404, 'Not Found', 'no such page')
  if (!timespan || searchParams.get('events') !== 'div,split' || !(from < until)) return refused(400, 'Bad Request', 'a parameter is wrong')
  const symbol = Object.keys(market.securities).find((symbol) => nameOf(symbol) === name)
  if (symbol === undefined) return refused(404, 'Not Found', 'No data found, symbol may be delisted')
  const { date: start } = wallTime(new Date(from * 1000), ZONE)
  // The end is exclusive.
  const { date: end } = wallTime(new Date(until * 1000 - 1), ZONE)
  const days = market.bars(symbol, 'day', { start, end })
  const security = market.securities[symbol]!
  const bars = market.bars(symbol, timespan, { start, end }).map((bar) => adjusted(bar, timespan, days, security, market.today()))
  const [today] = days.filter(({ running }) => running).map((day) => adjusted(day, 'day', days, security, market.today()))
  const stamped = timespan === 'day' ? bars.filter((bar) => bar.t !== today?.t) : bars
  const rows = [...stamped.map((bar) => rowOf({ ...bar, t: stampOf(bar, timespan) })), ...(today ? [rowOf({ ...today, t: instantOf(today.date, '16:00', ZONE).getTime() + 1000 })] : [])]
  const newest = market.bars(symbol, 'day', { start: addDays(market.today(), -10), end: market.today() }).at(-1) ?? days.at(-1)
  const meta = {
    currency: 'USD', symbol: name, exchangeName: 'NYQ', instrumentType: security.type === 'ETF' ? 'ETF' : 'EQUITY',
    ...(newest && { regularMarketTime: instantOf(newest.date, '16:00', ZONE).getTime() / 1000 + 1 }), gmtoffset: -18000, timezone: 'EST', exchangeTimezoneName: ZONE,
    dataGranularity: searchParams.get('interval'), range: '',
  }
  return { status: 200, rows, body: (rows) => chart(rows ?? [], meta, eventsOf(security, { start, end: end < market.today() ? end : market.today() }, market.today())) }
}

/** What the vendor calls a symbol. */
function nameOf(symbol: string): string {
  return symbol.replace(/p([A-Z]?)$/, '-P$1').replace(/\.WS(?:\.([A-Z]))?$/, '-WT$1').replace('.', '-')
}

function stampOf({ t, date }: RestBar, timespan: TimespanName): number {
  if (timespan === 'day') return instantOf(date, '09:30', ZONE).getTime()
  return timespan === 'week' ? instantOf(addDays(date, 1 - weekday(date)), '00:00', ZONE).getTime() : t
}

/** What one share of a date has become since. */
function ratioOn(date: string, { splits = [] }: RestSecurity, today: string): number {
  return splits.filter((split) => split.date > date && split.date <= today).reduce((ratio, { from, to }) => (ratio * to) / from, 1)
}

/** A price as the vendor rounds and writes it. */
const written = (price: number): string => String(Math.fround(Math.round(price * 1e6) / 1e6))

/** A bar made anew of its days, each adjusted. */
function adjusted(bar: RestBar, timespan: TimespanName, days: readonly RestBar[], security: RestSecurity, today: IsoDate): RestBar {
  const until = timespan === 'day' ? addDays(bar.date, 1) : timespan === 'week' ? addDays(bar.date, 7) : addDays(bar.date, 31).slice(0, 7)
  const of = days.filter(({ date }) => date >= bar.date && date < until)
  const values = (of.length === 0 ? [bar] : of).map((day) => {
    const ratio = ratioOn(day.date, security, today)
    return { open: Number(day.open) / ratio, high: Number(day.high) / ratio, low: Number(day.low) / ratio, close: Number(day.close) / ratio, volume: Number(day.volume) * ratio }
  })
  return {
    ...bar,
    open: written(values[0]!.open), close: written(values.at(-1)!.close), high: written(Math.max(...values.map(({ high }) => high))), low: written(Math.min(...values.map(({ low }) => low))),
    volume: String(Math.round(values.reduce((sum, { volume }) => sum + volume, 0))),
  }
}

function eventsOf(security: RestSecurity, { start, end }: { start: string; end: string }, today: IsoDate): Record<string, unknown> {
  const within = ({ date }: { date: string }): boolean => date >= start && date <= end
  const stamp = (date: string): number => instantOf(date as IsoDate, '09:30', ZONE).getTime() / 1000
  const splits = (security.splits ?? []).filter(within).map(({ date, from, to }) => [stamp(date), { date: stamp(date), numerator: to, denominator: from, splitRatio: `${to}:${from}` }])
  const dividends = (security.dividends ?? []).filter(within).map(({ date, amount }) => [stamp(date), { amount: Math.round((Number(amount) / ratioOn(date, security, today)) * 1e6) / 1e6, date: stamp(date) }])
  const events = { ...(dividends.length > 0 && { dividends: Object.fromEntries(dividends) as unknown }), ...(splits.length > 0 && { splits: Object.fromEntries(splits) as unknown }) }
  return Object.keys(events).length > 0 ? { events } : {}
}

/** Columns of the rows; what a fault took out of a row is missing in its column. */
function chart(rows: readonly string[], meta: Record<string, unknown>, events: Record<string, unknown>): string {
  const fields = rows.map((row) => (parse(row) ?? {}) as Record<string, unknown>)
  const column = (field: string): unknown[] => fields.flatMap((row) => (field in row ? [row[field]] : []))
  const quote = rows.length === 0 ? {} : Object.fromEntries(Object.entries(FIELDS).map(([name, field]) => [name, column(field)]))
  const timestamp = column('t').map((t) => (isLosslessNumber(t) ? Number(t.value) / 1000 : t))
  return stringify({ chart: { result: [{ meta, ...(rows.length > 0 && { timestamp }), ...events, indicators: { quote: [quote] } }], error: null } })!
}
