import { addDays, dayNumber, isoDate, weekday, type IsoDate } from '../../lib/domain/dates.js'
import type { Summary } from '../../lib/page/parts.js'

// A summary as the service tells it, made by hand: twenty years, every state a date can be in, names that would be markup.

/** The instant at which all of it was so, a Saturday evening in New York. */
export const SAMPLE_NOW = new Date('2026-11-22T01:12:00.000Z')

const START = isoDate('2006-01-01')
const END = isoDate('2026-11-21')

/** Dates that stand out, each by the letter of its state; all others are loaded, or weekends. */
const SPECIAL: Record<string, string> = {
  '2008-12-25': 'h', '2012-10-29': 'h', '2012-10-30': 'h', '2024-07-04': 'h', '2025-12-25': 'h', '2026-01-01': 'h', '2026-07-03': 'h',
  '2016-03-01': 'l', '2016-03-02': 'l', '2019-05-06': 't', '2026-11-03': 't', '2021-02-03': 's', '2021-02-04': 's', '2021-02-05': 's',
  '2026-11-17': 'F', '2026-11-18': 'M', '2026-11-19': 'n', '2026-11-20': 'p',
}

function letter(date: IsoDate): string {
  if (SPECIAL[date]) return SPECIAL[date]
  if (weekday(date) % 6 === 0) return ' '
  if (date < '2007-01-01') return 'n'
  return date < '2010-01-01' && dayNumber(date) % 11 === 0 ? 'l' : 'L'
}

function letters(start: IsoDate, end: IsoDate): string {
  return Array.from({ length: dayNumber(end) - dayNumber(start) + 1 }, (_, day) => letter(addDays(start, day))).join('')
}

function totalsOf(states: string): Summary['datasets'][number]['totals'] {
  const of = (wanted: string): number => states.split('').filter((state) => wanted.includes(state)).length
  return { loaded: of('Llt'), stale: of('s'), holiday: of('h'), not_published: of('p'), missing: of('M'), failed: of('F'), not_loaded: of('n') }
}

const ALERT = {
  alert_id: 7, kind: 'stale', severity: 'warning', summary: 'NVDA has no bar since 2026-11-13', dataset: 'day_aggs', asset: 'NVDA', interval: 'day', provider: null, lag_minutes: 4872, opened_at: '2026-11-18T16:00:00.000Z', acknowledged_at: null, cleared_at: null,
} as const

type Asset = Summary['assets'][number]

/** An asset that is well; what is not stands beside it. */
function asset(symbol: string, name: string, change: Partial<Asset> = {}): Asset {
  return {
    asset: symbol, symbol_id: symbol.length * 100 + symbol.charCodeAt(0), name, type: 'CS', interval: 'day', first: '2007-01-03', latest: '2026-11-16', sessions: 4999, expected: 5000, coverage: 99.98, gap_sessions: 1, gaps: 1,
    lag_minutes: 0, stale: false, quality: 0.9941, vendor: { provider: 'massive', state: 'ok' }, checksum: { date: '2026-11-16', value: '2026:11000:8a1f00c2d3e4b5a6' }, last_alert: null, ...change,
  }
}

const days = letters(START, END)
const minutes = letters(isoDate('2026-08-24'), END)

/** Everything of it. */
export const SAMPLE: Summary = {
  as_of: SAMPLE_NOW.toISOString(),
  verdict: { state: 'stale', text: '2 sessions of daily bars are missing; the oldest was due 3 days ago' },
  attention: [
    { dataset: 'day_aggs', kind: 'failed', finding: false, start: '2026-11-17', end: '2026-11-17', dates: 1, what: 'source_failed TOO_MANY_REJECTED', command: 'ohlcv load --start 2026-11-17 --end 2026-11-17 --accept' },
    { dataset: 'day_aggs', kind: 'missing', finding: false, start: '2026-11-18', end: '2026-11-18', dates: 1, what: 'the source has no file', command: 'ohlcv load --start 2026-11-18 --end 2026-11-18 --only unloaded' },
    { dataset: 'day_aggs', kind: 'stale', finding: false, start: '2021-02-03', end: '2021-02-05', dates: 3, what: 'the file gives other bars now, because symbols have changed', command: 'ohlcv load --start 2021-02-03 --end 2021-02-05' },
    { dataset: 'day_aggs', kind: 'thin', finding: true, start: '2026-11-03', end: '2026-11-03', dates: 1, what: 'thin: 5412 bars, 49 % of the usual', command: 'ohlcv status --date 2026-11-03' },
  ],
  attention_left_out: 12,
  checker: { checked_at: '2026-11-22T01:10:00.000Z', late: false },
  letters: { L: 'loaded', l: 'loaded', t: 'loaded', s: 'stale', h: 'holiday', p: 'not_published', M: 'missing', F: 'failed', n: 'not_loaded' },
  datasets: [
    {
      dataset: 'day_aggs', interval: 'day', totals: totalsOf(days), first_loaded: '2007-01-01', latest_loaded: '2026-11-16', coverage: 99.94, lag_minutes: 4872, stale: true,
      next_due: { date: '2026-11-20', at: '2026-11-22T16:00:00.000Z' }, open_findings: 3, quality: 0.9912, calendar: { start: START, states: days },
    },
    {
      dataset: 'minute_aggs', interval: 'minute', totals: totalsOf(minutes), first_loaded: '2026-08-24', latest_loaded: '2026-11-16', coverage: 96.61, lag_minutes: 0, stale: false,
      next_due: null, open_findings: null, quality: null, calendar: { start: '2026-08-24', states: minutes },
    },
  ],
  assets: [
    asset('AAPL', 'Apple Inc.'),
    asset('AMZN', 'Amazon.com, Inc.'),
    asset('BRK.B', 'Berkshire Hathaway "B" & Co.'),
    asset('GOOGL', '=HYPERLINK("https://example.com")'),
    asset('MSFT', 'Microsoft <script>alert(1)</script>', { vendor: { provider: 'alpha-vantage', state: 'rate_limited' } }),
    asset('NVDA', 'NVIDIA Corporation', { latest: '2026-11-13', lag_minutes: 12_312, stale: true, coverage: 97.5, sessions: 4875, gap_sessions: 125, gaps: 9, quality: 0.713, last_alert: ALERT }),
    asset('QQQ', 'Invesco QQQ Trust', { type: 'ETF', interval: 'minute', first: '2026-08-24T13:30:00.000Z', latest: '2026-11-16T20:59:00.000Z', sessions: 59, expected: 61, coverage: 96.72, gap_sessions: 2, vendor: { provider: 'yahoo', state: 'unavailable' } }),
    asset('SPY', 'SPDR S&P 500 ETF Trust', { type: 'ETF', gap_sessions: 0, gaps: 0, sessions: 5000, coverage: 100 }),
    asset('TSLA', 'Tesla, Inc.', { first: '2010-06-29', vendor: { provider: 'stooq', state: 'unknown' }, last_alert: { ...ALERT, alert_id: 5, severity: 'critical', asset: 'TSLA', summary: 'TSLA was 3 days behind', cleared_at: '2026-11-19T16:00:00.000Z' } }),
    asset('ZZZT', '', { symbol_id: null, name: null, type: null, first: null, latest: null, sessions: 0, expected: 0, coverage: null, gap_sessions: 0, gaps: 0, lag_minutes: null, quality: null, vendor: null, checksum: null }),
  ],
  vendors: [
    { provider: 'alpha-vantage', state: 'rate_limited', code: 'RATE_LIMITED', checked_at: '2026-11-22T01:10:00.000Z', changed_at: '2026-11-22T00:40:00.000Z', valid_until: '2026-11-22T01:25:00.000Z' },
    { provider: 'massive', state: 'ok', code: null, checked_at: '2026-11-22T01:10:00.000Z', changed_at: '2026-11-01T00:00:00.000Z', valid_until: '2026-11-22T01:25:00.000Z' },
    { provider: 'stooq', state: 'unknown', code: null, checked_at: null, changed_at: null, valid_until: null },
    { provider: 'yahoo', state: 'unavailable', code: 'HTTP_503', checked_at: '2026-11-22T01:10:00.000Z', changed_at: '2026-11-21T20:00:00.000Z', valid_until: '2026-11-22T01:25:00.000Z' },
  ],
  alerts: { open: 1, last: ALERT, undelivered: [{ channel: 'mail', notices: 2, since: '2026-11-21T23:50:00.000Z', code: 'CHANNEL_UNREACHABLE' }] },
  running: [{ run_id: 41, command: 'load', started_at: '2026-11-22T01:09:30.000Z', done: 12, planned: 61 }],
}

/** What is told of a database in which nothing was ever loaded. */
export const EMPTY: Summary = {
  ...SAMPLE, verdict: { state: 'empty', text: 'Nothing is loaded yet' }, attention: [], attention_left_out: 0, checker: { checked_at: null, late: false }, vendors: [], alerts: { open: 0, last: null, undelivered: [] }, running: [], assets: [],
  datasets: SAMPLE.datasets.slice(0, 1).map((whole) => ({
    ...whole, totals: totalsOf(''), first_loaded: null, latest_loaded: null, coverage: null, lag_minutes: null, stale: false, next_due: null, open_findings: null, quality: null, calendar: null,
  })),
}

/** The same once all is well: nothing is missing, nobody behind. */
export const CURRENT: Summary = {
  ...SAMPLE, verdict: { state: 'current', text: 'Everything is current: 5,003 sessions, the latest 2026-11-19' }, attention: [], attention_left_out: 0, alerts: { open: 0, last: { ...ALERT, cleared_at: '2026-11-22T01:11:00.000Z' }, undelivered: [] }, running: [],
  datasets: SAMPLE.datasets.map((whole) => {
    const states = whole.calendar!.states.replaceAll(/[FMns]/g, 'L')
    return { ...whole, totals: totalsOf(states), lag_minutes: 0, stale: false, latest_loaded: '2026-11-19', calendar: { start: whole.calendar!.start, states } }
  }),
  assets: SAMPLE.assets.map((one) => ({ ...one, latest: one.latest && '2026-11-19', lag_minutes: 0, stale: false })),
  vendors: SAMPLE.vendors.map((one) => ({ ...one, state: 'ok', code: null })),
}
