import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import type { TimespanName } from '../../../lib/datasets/timespan.js'
import { timespanNamed } from '../../../lib/datasets/timespans.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { Tally } from '../../../lib/domain/tally.js'
import { STOOQ } from '../../../lib/providers/stooq/stooq.js'
import { unadjustedPrices, unadjustedVolume } from '../../../lib/providers/yahoo/unadjust.js'
import { YAHOO } from '../../../lib/providers/yahoo/yahoo.js'
import { RECORDED, withRecorded } from '../../helpers/recorded.js'
import { refusedBy } from '../../helpers/refusal.js'
import { secondsOf } from '../../helpers/yahoo-answers.js'

// What the readers make of recorded answers.

const folder = path.join(RECORDED, 'recorded', 'yahoo')
const recorded = (name: string): string => readFileSync(path.join(folder, name), 'utf8')
/** An answer that was recorded with its request. */
const recordedChart = (name: string): string => JSON.stringify((JSON.parse(readFileSync(path.join(RECORDED, 'yahoo_chart', name), 'utf8')) as { response: { bodyJson: unknown } }).response.bodyJson)

/** An answer as it would have been had it reached to the newest trade, which tells of every split since. Splits as `date to:from`. */
function upToDate(answer: string, newest: string, splits: readonly string[]): string {
  const events = Object.fromEntries(splits.map((text) => text.split(/[ :]/)).map(([date, to, from]) => [secondsOf(date!), { date: secondsOf(date!), numerator: Number(to), denominator: Number(from) }]))
  return answer.replace(/"events":\s*\{.*?\}\}\},|(?="indicators")/s, `"events":${JSON.stringify({ splits: events })},`).replace(/"regularMarketTime":\s*\d+/, `"regularMarketTime":${secondsOf(newest)}`)
}

function read(answer: string, symbol: string, start: string, end: string, timespan: TimespanName = 'day', provider = YAHOO) {
  const tally = new Tally(10)
  const periods = timespanNamed(timespan).periods({ start: isoDate(start), end: isoDate(end) })
  const page = provider.bars.read(Buffer.from(answer), symbol, { timespan, periods, tally, firstRow: 1 })
  return { ...page, rejected: tally.counts.rejected, byTime: new Map(page.bars.map((bar) => [periods.time(bar.slot), bar])), exact: page.bars.filter(({ unadjusted }) => unadjusted).length }
}

const refusal = (answer: string, symbol: string): string => refusedBy(() => read(answer, symbol, '2010-01-01', '2025-12-31'))?.code ?? 'read'

await t.test('thirteen years of TSLA: every bar is exact once the splits are known, and none while they are not', withRecorded, async (t) => {
  const answer = recorded('TSLA_1d_2010-2023.json')
  const asCame = read(answer, 'TSLA', '2010-01-01', '2023-12-31')
  t.match(asCame, { rows: 3303, rejected: 0, exact: 0 })
  const { exact, byTime } = read(upToDate(answer, '2023-08-11T16:00', ['2020-08-31 5:1', '2022-08-25 3:1']), 'TSLA', '2010-01-01', '2023-12-31')
  t.equal(exact, 3303)
  t.match(byTime.get('2010-06-29')!.unadjusted, { open: '19', high: '25', low: '17.54', close: '23.89', volume: '18766300' })
  t.equal(byTime.get('2020-08-28')!.unadjusted!.close, '2213.4')
  t.equal(byTime.get('2020-08-31')!.unadjusted!.close, '498.32')
  t.equal(byTime.get('2022-08-24')!.unadjusted!.close, '891.29')
  const wrong = [['2020-08-31 5:1'], ['2022-08-25 3:1'], ['2020-08-31 5:1', '2022-08-25 1003:1000'], ['2020-08-31 4:1', '2022-08-25 3:1']]
  t.same(wrong.map((splits) => read(upToDate(answer, '2023-08-11T16:00', splits), 'TSLA', '2010-01-01', '2020-08-28').exact), [0, 0, 0, 0], 'nor is one before splits that are told wrongly')
  const few = read(recorded('TSLA_1d_2021-01-04_5_rows.json'), 'TSLA', '2021-01-04', '2021-01-08')
  t.equal(few.rows, 5)
  for (const [time, { open, high, low, close, volume }] of few.byTime) t.match(asCame.byTime.get(time), { open, high, low, close, volume }, time)
})

await t.test('TSLA against Stooq: 3,302 common days, 37 closes more than 0.01 % apart, one more than 1 %', withRecorded, async (t) => {
  const yahoo = read(recorded('TSLA_1d_2010-2023.json'), 'TSLA', '2010-01-01', '2023-12-31').byTime
  const stooq = read(readFileSync(path.join(RECORDED, 'recorded', 'stooq', 'tsla_us_d_2026-01-28_pl.csv'), 'utf8'), 'TSLA', '2010-01-01', '2023-12-31', 'day', STOOQ).byTime
  const apart = [...yahoo].flatMap(([time, { close }]) => (stooq.has(time) ? [Math.abs(Number(close) / Number(stooq.get(time)!.close) - 1)] : []))
  t.same([apart.length, apart.filter((share) => share > 0.0001).length, apart.filter((share) => share > 0.01).length], [3302, 37, 1])
})

await t.test('a year of NVDA and of MSFT, and single days of 2020', withRecorded, async (t) => {
  const nvda = recordedChart('historical-via-chart-NVDA-split-2021-02-01-to-2022-01-31.csv.json')
  t.match(read(nvda, 'NVDA', '2021-02-01', '2022-01-31'), { rows: 252, exact: 0 }, 'it tells of 4:1, and was adjusted for 10:1, too')
  const factor = (time: string) => ({ over: time < '2021-07-20' ? 40n : 10n, under: 1n })
  const traded = new Map([...read(nvda, 'NVDA', '2021-02-01', '2022-01-31').byTime].map(([time, bar]) => [time, unadjustedVolume(bar.volume, factor(time)) && unadjustedPrices(bar, factor(time))]))
  t.equal([...traded.values()].filter((prices) => prices !== undefined).length, 252, 'with both each is exact')
  t.same([traded.get('2021-02-01')!.close, traded.get('2022-01-28')!.close], ['529.48', '228.4'])
  const both = read(upToDate(nvda, '2022-01-28T16:00', ['2021-07-20 4:1', '2024-06-10 10:1']), 'NVDA', '2021-02-01', '2022-01-31')
  t.equal(both.exact, 0, 'a split after the last bar may not have been applied to it')
  t.equal(read(upToDate(nvda, '2022-01-28T16:00', ['2021-07-20 40:10']), 'NVDA', '2021-07-20', '2022-01-31').exact, 0, 'of thousandths few are whole cents')
  const msft = recordedChart('historical-via-chart-MSFT-dividends-2021-02-01-to-2022-01-31.csv.json')
  t.match(read(upToDate(msft, '2022-01-28T16:00', []), 'MSFT', '2021-02-01', '2022-01-31'), { rows: 252, exact: 252 })
  for (const [symbol, close] of [['AAPL', '75.0875015258789'], ['BABA', '219.77000427246094'], ['QQQ', '216.16000366210938']] as const) {
    t.equal(read(recordedChart(`chart-${symbol}-2020-01-01-to-2020-01-03.json`), symbol, '2020-01-01', '2020-01-03').byTime.get('2020-01-02')!.close, close)
  }
})

await t.test('the running day of AAPL is provisional, and all before it is exact; it tells of two dividends', withRecorded, async (t) => {
  const answer = recorded('AAPL_1d_2025-04-30_2025-10-29_live_last_row.json')
  const { rows, exact, byTime } = read(answer, 'AAPL', '2025-04-30', '2025-10-29')
  t.same([rows, exact, [...byTime].filter(([, { provisional }]) => provisional).map(([time, { volume }]) => `${time} ${volume}`)], [127, 126, ['2025-10-29 43332154']])
  t.equal(byTime.get('2025-10-28')!.unadjusted!.close, '269')
  const { dividends } = YAHOO.actions!.read(Buffer.from(answer), 'AAPL', { start: isoDate('2025-01-01'), end: isoDate('2025-12-31') })
  t.same(dividends.map(({ exDate, amount }) => `${exDate} ${amount}`), ['2025-05-12 0.26', '2025-08-11 0.26'])
})

await t.test('months of AAPL: the running one comes once, and the split of 2020 has its date', withRecorded, async (t) => {
  const answer = recorded('AAPL_splits_events.json')
  const { rows, byTime } = read(answer, 'AAPL', '2019-11-01', '2024-10-31', 'month')
  t.same([rows, byTime.size, byTime.get('2024-10-01')!.volume], [60, 60, '332258600'])
  t.same(YAHOO.actions!.read(Buffer.from(answer.replace('"1mo"', '"1d"')), 'AAPL', { start: isoDate('2020-01-01'), end: isoDate('2020-12-31') }).splits, [{ exDate: '2020-08-31', from: '1', to: '4' }])
  const { splits, dividends } = YAHOO.actions!.read(Buffer.from(recordedChart('chart-AAPL-2020-08-31-to-2020-11-07.json')), 'AAPL', { start: isoDate('2020-08-01'), end: isoDate('2020-11-30') })
  t.same([splits, dividends], [[{ exDate: '2020-08-31', from: '1', to: '4' }], []], 'an answer of 2025 that ends in 2020 does not say what its dividend was divided by')
})

await t.test('other markets, lengths and symbols are refused, and answers without rows are empty', withRecorded, async (t) => {
  t.equal(refusal(recorded('VFINX_range_max_3mo_capitalGains.json'), 'VFINX'), 'ANSWER_OTHER_TIMESPAN')
  t.equal(refusal(recorded('OCDO.L_1d_GBp_2020-01-02.json').replace('"OCDO.L"', '"OCDO"'), 'OCDO'), 'ANSWER_OTHER_MARKET')
  t.equal(refusal(recorded('BTC-USD_1d_2020-01-01.json').replace('"BTC-USD"', '"BTC"'), 'BTC'), 'ANSWER_OTHER_MARKET')
  t.equal(refusal(recorded('MUV2.DE_1d_2017-11_2018-05_null_close_recorded_2020.json').replace('"MUV2.DE"', '"MUV"'), 'MUV'), 'ANSWER_FORMAT', 'only its closes were kept')
  t.match(read(recorded('AAPL_1m_weekend_empty.json').replace('"1m"', '"1d"'), 'AAPL', '2025-02-22', '2025-02-23'), { rows: 0, rejected: 0 })
  t.match(read(recorded('CAPIO.ST_delisted_200_empty.json').replace('"CAPIO.ST"', '"CAPIO"'), 'CAPIO', '2025-02-20', '2025-02-23'), { rows: 0, rejected: 0 })
  const rupees = recorded('INR=X_1d_row_of_nulls.json').replace('"INR=X"', '"INR"')
  t.equal(refusal(rupees, 'INR'), 'ANSWER_OTHER_MARKET')
  t.match(read(rupees.replace('"INR"', '"USD"').replace('"Europe/London"', '"America/New_York"').replace('"CURRENCY"', '"ETF"'), 'INR', '2017-07-01', '2017-07-31'), { rows: 3, rejected: 0 }, 'without its row of nulls')
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.json'))) t.match(refusal(recorded(name), 'OTHER'), /^ANSWER_/, name)
})

await t.test('refusals as they were quoted', withRecorded, async (t) => {
  const quoted = [...recorded('errors.md').matchAll(/^- (\d+) `([^`]+)`/gm)]
  t.same(quoted.map(([, status, body]) => YAHOO.judge({ status: Number(status), body: Buffer.from(body!) }).kind), ['nothing', 'nothing'])
})
