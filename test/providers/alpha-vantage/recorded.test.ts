import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import type { TimespanName } from '../../../lib/datasets/timespan.js'
import { timespanNamed } from '../../../lib/datasets/timespans.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { Tally } from '../../../lib/domain/tally.js'
import { ALPHA_VANTAGE } from '../../../lib/providers/alpha-vantage/alpha-vantage.js'
import type { BarsPage, ProviderBar } from '../../../lib/providers/bar-provider.js'
import { RECORDED, withRecorded } from '../../helpers/recorded.js'
import { refusal } from '../../helpers/refusal.js'

// What the readers make of recorded answers.

const FOLDER = path.join(RECORDED, 'recorded', 'alpha_vantage')
const recorded = (name: string): Buffer => readFileSync(path.join(FOLDER, name))

function read(body: Buffer, symbol: string, timespan: TimespanName, start: string, end: string, from: 'bars' | 'files' = 'bars') {
  const tally = new Tally(10)
  const periods = timespanNamed(timespan).periods({ start: isoDate(start), end: isoDate(end) })
  const page: BarsPage = ALPHA_VANTAGE[from]!.read(body, symbol, { timespan, periods, tally, firstRow: 1 })
  if (page.bars.length + tally.counts.rejected !== page.rows) throw new Error('rows were lost')
  return { page, tally, periods }
}

/** In millionths: exact. */
const units = (decimal: string): bigint => {
  const [whole = '', fraction = ''] = decimal.split('.')
  return BigInt(whole + fraction.padEnd(6, '0'))
}
const highest = (values: readonly string[]): string => values.reduce((a, b) => (units(a) >= units(b) ? a : b))
const lowest = (values: readonly string[]): string => values.reduce((a, b) => (units(a) <= units(b) ? a : b))

/** A longer bar of days, newest first. */
function sumOf(days: readonly ProviderBar[]): string {
  return [days.at(-1)!.open, highest(days.map(({ high }) => high)), lowest(days.map(({ low }) => low)), days[0]!.close, days.reduce((sum, { volume }) => sum + units(volume), 0n) / 1_000_000n].join(' ')
}
const textOf = ({ open, high, low, close, volume }: ProviderBar): string => [open, high, low, close, volume].join(' ')

await t.test('a hundred days each, newest first, none of them on a closed day', withRecorded, async (t) => {
  for (const symbol of ['MSFT', 'TSLA', 'WDAY']) {
    const { page, tally } = read(recorded(`TIME_SERIES_DAILY_${symbol}_compact_2025-01-21.json`), symbol, 'day', '2024-08-27', '2025-01-21')
    t.equal(page.bars.length, 100)
    t.same([page.bars[0]!.slot, page.bars.at(-1)!.slot, tally.counts.rejected], [147, 0, 0])
    // 2025-01-09, a day of mourning, is day 135 of the range.
    t.notOk(page.bars.some(({ slot }) => slot === 135))
    t.same(page.bars.filter(({ provisional }) => provisional), [])
    if (symbol === 'MSFT') t.same([page.bars[0]!, page.bars.at(-1)!].map(textOf), ['430.2 430.8999 425.595 428.5 26085703', '412.86 414.36 410.25 413.84 13492911'])
  }
  const body = recorded('TIME_SERIES_DAILY_MSFT_compact_2025-01-21.json')
  t.equal(read(body, 'MSFT', 'day', '2025-01-04', '2025-01-12').page.rows, 4, 'of a week with a closed Thursday')
  t.match(refusal(() => read(body, 'TSLA', 'day', '2025-01-06', '2025-01-10')), /^ANSWER_OTHER_SYMBOL: .*"MSFT", and TSLA/)
  t.match(refusal(() => read(body, 'MSFT', 'day', '2024-08-26', '2025-01-21')), /^ANSWER_INCOMPLETE: .*newest 100 rows only, from 2024-08-27 on, and those from 2024-08-26/)
  t.equal(read(body, 'MSFT', 'day', '2024-09-01', '2025-01-21').page.rows, 96)
})

await t.test('an answer without volumes is refused', withRecorded, async (t) => {
  t.match(refusal(() => read(recorded('IBM_TIME_SERIES_DAILY_partial_2021.json'), 'IBM', 'day', '2020-12-31', '2021-01-11')), /^ANSWER_FORMAT: 5\. volume is missing/)
})

await t.test('exports of days are read, and are the same bars with adjusted closes beside them', withRecorded, async (t) => {
  const days = (name: string) => read(recorded(name), 'IBM', 'day', '2025-12-22', '2026-05-15', 'files').page.bars
  const [plain, adjusted] = [days('IBM_TIME_SERIES_DAILY_42a08190_2026-05-17.csv'), days('IBM_TIME_SERIES_DAILY_ADJUSTED_572d0539_2026-05-17.csv')]
  t.equal(plain.length, 100)
  t.equal(textOf(plain[0]!), '218.2 220.91 217.615 219.3 6154450')
  t.same(plain, adjusted)
  t.match(refusal(() => read(recorded('IBM_TIME_SERIES_WEEKLY_74eb54d6_2026-05-17.csv'), 'IBM', 'day', '1999-11-12', '2026-05-15', 'files')), /^ANSWER_FORMAT: the rows are 5 or more days apart/)
})

await t.test('full weeks and months are the sums of their days to the digit', withRecorded, async (t) => {
  const { page: days, periods } = read(recorded('IBM_TIME_SERIES_DAILY_42a08190_2026-05-17.csv'), 'IBM', 'day', '2025-12-22', '2026-05-15', 'files')
  for (const [timespan, file, rows, first] of [['week', 'IBM_TIME_SERIES_WEEKLY_74eb54d6_2026-05-17.csv', 1384, '2025-12-21'], ['month', 'IBM_TIME_SERIES_MONTHLY_3ced87e9_2026-05-17.csv', 318, '2026-01-01']] as const) {
    const longer = read(recorded(file), 'IBM', timespan, '1999-11-12', '2026-05-15', 'files')
    t.equal(longer.page.rows, rows)
    t.equal(new Set(longer.page.bars.map(({ slot }) => slot)).size, rows, `each ${timespan} once, whatever its last session`)
    const covered = longer.page.bars.filter(({ slot }) => longer.periods.dates(slot).start >= first)
    t.equal(covered.length, timespan === 'week' ? 21 : 5)
    for (const bar of covered) {
      const { start, end } = longer.periods.dates(bar.slot)
      const within = days.bars.filter(({ slot }) => periods.time(slot) >= start && periods.time(slot) <= end)
      t.equal(textOf(bar), sumOf(within), `${timespan} from ${start}`)
    }
  }
})

/** A recorded export as an answer would have it. */
function answerOf(csv: Buffer, title: string): Buffer {
  const [, ...rows] = csv.toString().trim().split(/\r?\n/)
  const series = Object.fromEntries(rows.map((row) => {
    const [stamp = '', open, high, low, close, volume] = row.split(',')
    return [stamp, { '1. open': open, '2. high': high, '3. low': low, '4. close': close, '5. volume': volume }]
  }))
  return Buffer.from(JSON.stringify({ 'Meta Data': { '2. Symbol': 'IBM', '3. Last Refreshed': Object.keys(series)[0], '4. Time Zone': 'US/Eastern' }, [title]: series }))
}

await t.test('the newest week and month are not over where their last row is not of the last weekday', withRecorded, async (t) => {
  const provisional = (file: string, title: string, timespan: TimespanName, start: string) => {
    const { page, periods } = read(answerOf(recorded(file), title), 'IBM', timespan, start, '2026-05-15')
    return page.bars.filter(({ provisional }) => provisional).map(({ slot }) => periods.time(slot))
  }
  t.same(provisional('IBM_TIME_SERIES_WEEKLY_74eb54d6_2026-05-17.csv', 'Weekly Time Series', 'week', '2000-01-01'), [], 'it ends with a Friday')
  t.same(provisional('IBM_TIME_SERIES_MONTHLY_3ced87e9_2026-05-17.csv', 'Monthly Time Series', 'month', '2000-01-01'), ['2026-05-01'])
})

await t.test('stamps of minutes are of the clock in New York, extended hours among them', withRecorded, async (t) => {
  const { page } = read(answerOf(recorded('IBM_TIME_SERIES_INTRADAY_3dbdcdc7_2026-05-17.csv'), 'Time Series (1min)'), 'IBM', 'minute', '2026-05-15', '2026-05-15')
  t.equal(page.bars.length, 100)
  t.same([page.bars[0]!.slot, page.bars.at(-1)!.slot], [19 * 60 + 55, 11 * 60 + 40])
  t.equal(textOf(page.bars[0]!), '219.03 219.03 219 219 158')
})

await t.test('sentences in a 200', withRecorded, async (t) => {
  const judged = (name: string) => ALPHA_VANTAGE.judge({ status: 200, body: recorded(name) })
  t.match(judged('error_apikey_missing_200.json'), { kind: 'failed', code: 'PROVIDER_KEY_REFUSED', stops: true, again: false })
  t.match(judged('limit_burst_200.json'), { kind: 'failed', code: 'RATE_LIMITED', again: true, stops: false }, 'though it tells of 25 requests per day, too')
  t.match(judged('limit_legacy_note_200.json'), { kind: 'failed', code: 'RATE_LIMITED', again: true, stops: false })
})

await t.test('no recorded answer of another kind is taken for bars', withRecorded, async (t) => {
  const others = path.join(RECORDED, 'alpha_vantage')
  t.same(readdirSync(others).toSorted(), ['global_quote', 'mock_time_series', 'mock_time_series_extended.head3000.csv', 'symbol_search'])
  const other = (name: string): Buffer => readFileSync(path.join(others, name))
  for (const name of ['global_quote', 'symbol_search']) t.match(refusal(() => read(other(name), 'MSFT', 'day', '2017-12-01', '2017-12-31')), /^ANSWER_FORMAT: Meta Data is missing/)
  t.match(refusal(() => read(other('mock_time_series'), 'MSFT', 'minute', '2017-12-01', '2017-12-31')), /^ANSWER_INCOMPLETE: .*newest 100 rows only/, 'the last minutes are not those of a month')
  t.match(refusal(() => read(other('mock_time_series_extended.head3000.csv'), 'MSFT', 'day', '2020-12-18', '2020-12-18', 'files')), /^ANSWER_FORMAT: timestamp is missing/)
  const names = readdirSync(FOLDER)
  t.equal(names.length, 12, 'each is read above')
})
