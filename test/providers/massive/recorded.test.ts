import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { timespanNamed } from '../../../lib/datasets/timespans.js'
import type { TimespanName } from '../../../lib/datasets/timespan.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { Tally } from '../../../lib/domain/tally.js'
import { MASSIVE_REST } from '../../../lib/providers/massive/rest/rest.js'
import { RECORDED, withRecorded } from '../../helpers/recorded.js'
import { refusedBy } from '../../helpers/refusal.js'

// What the readers make of recorded answers.

const recorded = (name: string): Buffer => readFileSync(path.join(RECORDED, 'recorded', 'massive', name))

/** All of them were asked for with adjusted prices, which is not what is done here. */
const unadjusted = (body: Buffer): Buffer => Buffer.from(body.toString().replace(/"adjusted":\s*true/, '"adjusted":false'))

function read(body: Buffer, symbol: string | null, timespan: TimespanName, start: string, end = start) {
  const tally = new Tally(10)
  const reading = { timespan, periods: timespanNamed(timespan).periods({ start: isoDate(start), end: isoDate(end) }), tally, firstRow: 1 }
  const page = symbol === null ? MASSIVE_REST.grouped!.read(body, reading) : MASSIVE_REST.bars.read(body, symbol, reading)
  return { page, tally }
}

const refusal = (read: () => unknown): string => refusedBy(read)?.code ?? 'read'

await t.test('days, with volumes as floats: 21 of the 22 that were asked for', withRecorded, async (t) => {
  const body = recorded('aggs_AAPL_1day_2019-01-01_2019-02-01.json')
  t.equal(refusal(() => read(body, 'AAPL', 'day', '2019-01-01', '2019-02-01')), 'ANSWER_ADJUSTED')
  const { page, tally } = read(unadjusted(body), 'AAPL', 'day', '2019-01-01', '2019-02-01')
  t.equal(page.bars.length, 21)
  t.match(page.bars[0], { slot: 1, open: '154.89', high: '158.85', low: '154.23', close: '157.92', volume: '37039737', transactions: '1' })
  t.equal(tally.counts.rejected, 0)
})

await t.test('hours of a day, from 04:00 to 19:00, which came delayed', withRecorded, async (t) => {
  const { page } = read(unadjusted(recorded('aggs_AAPL_1hour_2024-04-29_DELAYED.json')), 'AAPL', 'hour', '2024-04-29')
  t.same(page.bars.map(({ slot }) => slot), Array.from({ length: 16 }, (_, index) => index + 4))
  t.equal(page.bars.reduce((sum, { volume }) => sum + Number(volume), 0), 60_661_901)
})

await t.test('a page of minutes names the next one: its path and query, of another host', withRecorded, async (t) => {
  const { page } = read(unadjusted(recorded('aggs_AAPL_1min_2023-07-31_page1of_n_next_url.json')), 'AAPL', 'minute', '2023-07-31')
  t.match(page, { rows: 10, next: { path: '/v2/aggs/ticker/AAPL/range/1/minute/1690791480000/2023-07-31', query: { cursor: 'bGltaXQ9MTAmc29ydD1hc2M' } } })
  t.equal(page.bars.length, 10)
})

await t.test('whole dates: one that was cut is refused, one that was trimmed is read with its test symbols', withRecorded, async (t) => {
  t.ok(['ANSWER_INCOMPLETE', 'ANSWER_NOT_JSON'].includes(refusal(() => read(unadjusted(recorded('grouped_2019-02-01_first4000.cut.json')), null, 'day', '2019-02-01'))))
  const { page, tally } = read(readFileSync(path.join(RECORDED, 'grouped_daily_2026-09-25.trimmed.json')), null, 'day', '2026-09-25')
  t.equal(page.bars.length + tally.counts.rejected, 14)
  t.match(page.bars.find(({ symbol }) => symbol === 'GTOQ'), { slot: 0, volume: '2577.8477' })
})

await t.test('who a security is', withRecorded, async (t) => {
  t.match(MASSIVE_REST.details!.read(recorded('ticker_details_IBM_2025-01-22.json')), { name: 'International Business Machines Corporation', type: 'CS', exchange: 'XNYS' })
})

await t.test('refusals, and answers of other endpoints, which are no bars', withRecorded, async (t) => {
  const judged = (status: number, name: string) => MASSIVE_REST.judge({ status, body: recorded(name) })
  t.match(judged(403, 'error_403_not_entitled_2026-08-10.json'), { kind: 'failed', stops: true, message: /not entitled/ })
  t.match(judged(404, 'error_404_open_close_GOOGLE.json'), { kind: 'nothing' })
  t.match(judged(429, 'error_429_ticker_IBM.json'), { kind: 'failed', code: 'RATE_LIMITED', again: true, stops: false })
  for (const name of readdirSync(path.join(RECORDED, 'recorded', 'massive')).filter((name) => name.endsWith('.json') && !name.startsWith('aggs_'))) {
    t.match(refusal(() => read(recorded(name), 'AAPL', 'day', '2019-01-02')), /^ANSWER_/, name)
  }
})

await t.test('answers that a client of the vendor\'s own keeps for its tests', withRecorded, async (t) => {
  const mocks = path.join(RECORDED, 'polygon_client_python', 'test_rest', 'mocks', 'v2', 'aggs')
  const days = unadjusted(readFileSync(path.join(mocks, 'ticker/AAPL/range/1/day/2005-04-01/2005-04-04.json')))
  t.match(read(days, 'AAPL', 'day', '2005-04-01', '2005-04-04').page.bars, [{ slot: 0, close: '1.4604', volume: '642646396' }, { slot: 3, transactions: '65543' }])
})
