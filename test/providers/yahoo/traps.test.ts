import t from 'tap'
import type { TimespanName } from '../../../lib/datasets/timespan.js'
import { timespanNamed } from '../../../lib/datasets/timespans.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { Tally } from '../../../lib/domain/tally.js'
import { YAHOO } from '../../../lib/providers/yahoo/yahoo.js'
import { yahooAnswer } from '../../helpers/yahoo-answers.js'

// What Yahoo's answers have been seen to have, made by hand in the forms that were recorded.

function read(answer: string, start: string, end = start, timespan: TimespanName = 'day', symbol = 'AAPL') {
  const tally = new Tally(10)
  const periods = timespanNamed(timespan).periods({ start: isoDate(start), end: isoDate(end) })
  const page = YAHOO.bars.read(Buffer.from(answer), symbol, { timespan, periods, tally, firstRow: 1 })
  return {
    rows: page.rows, counted: tally.counts.read, rejects: tally.rejects.map(({ line, reason, field }) => `${line} ${reason} ${field}`),
    bars: page.bars.map(({ slot, close, provisional }) => `${periods.time(slot)} ${close}${provisional ? ' provisional' : ''}`),
    unadjusted: page.bars.map(({ unadjusted }) => unadjusted?.close ?? null),
  }
}

await t.test('a question asks for everything since, up to the end of today, whatever its range: what was split since is told by no other answer', async (t) => {
  const { path, query } = YAHOO.bars.question('BRK.B', 'day', { start: isoDate('2026-03-02'), end: isoDate('2026-03-06') }, new Date('2026-08-14T03:30:00Z'))
  t.equal(path, '/v8/finance/chart/BRK-B')
  t.match(query, { interval: '1d', events: 'div,split' })
  t.equal(query['period1'], String(Date.parse('2026-03-02T05:00:00Z') / 1000), 'midnight in New York')
  t.equal(query['period2'], String(Date.parse('2026-08-14T04:00:00Z') / 1000), 'the midnight after, since it is exclusive')
  t.notOk('range' in query)
  t.equal(YAHOO.bars.question('SPY', 'week', { start: isoDate('2026-03-01'), end: isoDate('2026-03-06') }, new Date()).query['interval'], '1wk')
  t.equal(YAHOO.bars.question('SPY', 'month', { start: isoDate('2026-03-01'), end: isoDate('2026-03-06') }, new Date()).query['interval'], '1mo')
})

await t.test('rows of other dates than were asked for are none, but tell whether those asked for are exact', async (t) => {
  const answer = yahooAnswer(['2026-02-10 100.0075 100.0075 100.0075 100.0075 100', '2026-02-11 100.0025 100.0025 100.0025 100.0025 400', '2026-02-12 100 100 100 100 400', '2026-02-13 101 101 101 101 100'], { splits: ['2026-02-12 4:1'] })
  t.same(read(answer, '2026-02-10', '2026-02-11'), { rows: 2, counted: 2, rejects: [], bars: ['2026-02-10 100.0075', '2026-02-11 100.0025'], unadjusted: ['400.03', '400.01'] })
  t.same(read(answer, '2026-02-09').rows, 0)
  const odd = answer.replaceAll('101', '101.001')
  t.same([read(odd, '2026-02-11').unadjusted, read(odd, '2026-02-12').unadjusted], [['400.01'], [null]], 'of the two after the split one is not')
})

await t.test('an answer that does not reach to the newest trade does not tell of every split, so that nothing in it is exact', async (t) => {
  const rows = ['2026-02-10 100 100 100 100 100']
  t.same(read(yahooAnswer(rows, { newest: '2026-02-10T16:00:01' }), '2026-02-10').unadjusted, ['100'])
  t.same(read(yahooAnswer(rows, { newest: '2026-02-11T16:00:01' }), '2026-02-10').unadjusted, [null])
  t.same(read(yahooAnswer(rows, { meta: { regularMarketTime: null } }), '2026-02-10').unadjusted, [null])
})

await t.test('an answer without rows has no columns either: of a weekend, or of a symbol that is traded no more, which has no currency', async (t) => {
  t.same(read(yahooAnswer([]), '2026-02-07', '2026-02-08').rows, 0)
  t.same(read(yahooAnswer([], { meta: { exchangeName: 'YHD', currency: null, instrumentType: 'MUTUALFUND', regularMarketTime: 1561759658 } }), '2026-02-06').rows, 0)
  t.throws(() => read(yahooAnswer(['2026-02-06 1 1 1 1 1']).replace(/"timestamp":\[\d+\],/, ''), '2026-02-06'), { code: 'ANSWER_FORMAT', message: 'timestamp is missing' })
  t.throws(() => read(yahooAnswer(['2026-02-06 1 1 1 1 1']).replace(/"quote":\[\{.*?\}\]/, '"quote":[{}]'), '2026-02-06'), { code: 'ANSWER_FORMAT', message: 'indicators.quote[0].open is missing' })
  t.throws(() => read(yahooAnswer(['2026-02-05 1 1 1 1 1', '2026-02-06 1 1 1 1 1']).replace('"low":[1,1]', '"low":[1]'), '2026-02-06'), { code: 'ANSWER_INCOMPLETE', message: 'the answer has 1 rows of low, and 2 of timestamp' })
})

await t.test('a row of nulls is no row, and one with a null is rejected', async (t) => {
  const rows = ['2026-02-09 null null null null null', '2026-02-10 null null null null 0', '2026-02-11 1 1 1 null 1', '2026-02-12 1 1 1 1 null', '2026-02-13 1 1 1 1 0']
  t.same(read(yahooAnswer(rows), '2026-02-09', '2026-02-13'), { rows: 3, counted: 3, rejects: ['1 null_value close', '2 null_value volume'], bars: ['2026-02-13 1'], unadjusted: ['1'] })
})

await t.test('a stamp before 1970 is a date as any other', async (t) => {
  const answer = yahooAnswer(['1962-01-02 1 1 1 1 1', '1962-01-03 2 2 2 2 1'])
  t.match(answer, '"timestamp":[-252322200,')
  t.same(read(answer, '1962-01-02', '1962-01-03').bars, ['1962-01-02 1', '1962-01-03 2'])
})

await t.test('a day that is stamped with its newest trade is provisional, also where another row has its date', async (t) => {
  const rows = ['2026-02-12 1 1 1 1 1', '2026-02-13T16:00:01 2 2 2 2 1']
  t.same(read(yahooAnswer(rows), '2026-02-12', '2026-02-13'), { rows: 2, counted: 2, rejects: [], bars: ['2026-02-12 1', '2026-02-13 2 provisional'], unadjusted: ['1', null] })
  t.same(read(yahooAnswer([...rows.slice(0, 1), '2026-02-13 2 2 2 2 1', '2026-02-13T11:23:45 3 3 3 3 1']), '2026-02-12', '2026-02-13').bars, ['2026-02-12 1', '2026-02-13 2 provisional'])
})

await t.test('weeks are stamped with their Monday, months with their first, and beside them stands the running day, which is neither', async (t) => {
  const weeks = yahooAnswer(['2026-02-09T00:00 1 1 1 1 1', '2026-02-16T00:00 2 2 2 2 1', '2026-02-18T12:00:05 3 3 3 3 1'], { interval: '1wk' })
  t.same(read(weeks, '2026-02-08', '2026-02-20', 'week'), { rows: 2, counted: 2, rejects: [], bars: ['2026-02-08 1', '2026-02-15 2'], unadjusted: [null, null] })
  const months = yahooAnswer(['2026-01-01T00:00 1 1 1 1 1', '2026-02-01T00:00 2 2 2 2 1', '2026-02-18T12:00:05 3 3 3 3 1'], { interval: '1mo' })
  t.same(read(months, '2026-01-01', '2026-02-20', 'month').bars, ['2026-01-01 1', '2026-02-01 2'])
  const odd = yahooAnswer(['2026-01-15T00:00 1 1 1 1 1', '2026-02-01T00:00 2 2 2 2 1'], { interval: '1mo' })
  t.same(read(odd, '2026-01-01', '2026-02-20', 'month'), { rows: 2, counted: 2, rejects: ['1 bad_window_start null'], bars: ['2026-02-01 2'], unadjusted: [null] })
})

await t.test('bars of another length than was asked for, of another symbol, currency or market are refused', async (t) => {
  const of = (chart: Parameters<typeof yahooAnswer>[1]) => () => read(yahooAnswer(['2026-02-12 1 1 1 1 1'], chart), '2026-02-12')
  t.throws(of({ interval: '3mo' }), { code: 'ANSWER_OTHER_TIMESPAN', message: /"3mo" \(dataGranularity\), and 1d was asked for/ })
  t.throws(of({ symbol: 'AAP' }), { code: 'ANSWER_OTHER_SYMBOL' })
  t.throws(of({ meta: { currency: 'GBp' } }), { code: 'ANSWER_OTHER_MARKET', message: 'the answer\'s currency is "GBp", and USD was asked for' }, 'pence')
  t.throws(of({ meta: { currency: null } }), { code: 'ANSWER_OTHER_MARKET' })
  t.throws(of({ meta: { exchangeTimezoneName: 'UTC' } }), { code: 'ANSWER_OTHER_MARKET', message: /^the answer's exchangeTimezoneName is "UTC"/ })
  t.throws(of({ meta: { instrumentType: 'CRYPTOCURRENCY' } }), { code: 'ANSWER_OTHER_MARKET', message: /instrumentType/ })
  t.equal(of({ meta: { instrumentType: 'ETF' } })().rows, 1)
})

await t.test('what is no answer is told by its status or its text, which is no JSON now and then', async (t) => {
  const judged = (status: number, body: string) => YAHOO.judge({ status, body: Buffer.from(body) })
  const error = (code: string, description: string): string => JSON.stringify({ chart: { result: null, error: { code, description } } })
  t.match(judged(404, error('Not Found', 'No data found, symbol may be delisted')), { kind: 'nothing' })
  t.match(judged(404, '404 Not Found: No data found, symbol may be delisted'), { kind: 'nothing' })
  t.match(judged(200, error('Not Found', 'No data found, symbol may be delisted')), { kind: 'nothing' })
  t.match(judged(400, "400 Bad Request: Data doesn't exist for startDate = 1262304000, endDate = 1262995200"), { kind: 'nothing' })
  t.match(judged(400, error('Bad Request', 'Invalid input - interval=1x')), { kind: 'failed', code: 'PROVIDER_REFUSED', again: false, stops: false, message: /interval=1x/ })
  for (const status of [200, 403, 429]) t.match(judged(status, 'Too Many Requests\r\n'), { kind: 'failed', code: 'RATE_LIMITED', again: true, stops: false }, String(status))
  t.match(judged(429, '<html>'), { code: 'RATE_LIMITED' })
  t.match(judged(401, '{"finance":{"result":null,"error":{"code":"Unauthorized","description":"Invalid Crumb"}}}'), { kind: 'failed', code: 'PROVIDER_REFUSED', again: false, stops: true, message: /crumb.*Invalid Crumb/ })
  t.match(judged(999, ''), { code: 'PROVIDER_UNAVAILABLE', again: true })
  t.match(judged(200, '<!DOCTYPE html><html>consent</html>'), { kind: 'answer' })
  t.throws(() => read('<!DOCTYPE html><html>consent</html>', '2026-02-12'), { code: 'ANSWER_NOT_JSON' })
  t.throws(() => read(error('Internal', 'Something\u0007 broke'), '2026-02-12'), { code: 'ANSWER_STATUS', message: 'the answer says that it is none: Internal: Something  broke' })
})

await t.test('splits and dividends have the date of their stamp in New York, and dividends are as they were paid', async (t) => {
  const rows = ['2026-02-03 100 100 100 100 100', '2026-02-11 100 100 100 100 400', '2026-02-12 100 100 100 100 400', '2026-02-13 101 101 101 101 100']
  const actions = (chart: Parameters<typeof yahooAnswer>[1], start: string, end: string) => YAHOO.actions!.read(Buffer.from(yahooAnswer(rows, chart)), 'AAPL', { start: isoDate(start), end: isoDate(end) })
  const dividend = (exDate: string, amount: string) => ({ exDate, kind: 'regular', amount, currency: 'USD', declaredOn: null, recordedOn: null, paidOn: null })
  const chart = { splits: ['2026-02-12 4.0:1.0'], dividends: ['2026-02-13 0.260', '2026-02-03 0.205'] }
  t.same(actions(chart, '2026-02-03', '2026-02-13'), { splits: [{ exDate: '2026-02-12', from: '1', to: '4' }], dividends: [dividend('2026-02-03', '0.82'), dividend('2026-02-13', '0.26')], next: null })
  t.same(actions(chart, '2026-02-04', '2026-02-11'), { splits: [], dividends: [], next: null })
  t.same(actions({ ...chart, splits: ['2026-02-12 1:8'] }, '2026-02-12', '2026-02-12').splits, [{ exDate: '2026-02-12', from: '8', to: '1' }])
  t.same(actions({ ...chart, splits: ['2026-02-12 1281:1000'] }, '2026-02-03', '2026-02-12'), { splits: [{ exDate: '2026-02-12', from: '1000', to: '1281' }], dividends: [], next: null }, 'before a spin-off amounts are not known')
  t.same(actions({ ...chart, newest: '2026-02-17T16:00' }, '2026-02-03', '2026-02-13').dividends, [], 'nor from an answer that does not tell of every split')
  t.same(actions({ dividends: ['2026-02-13 0'] }, '2026-02-13', '2026-02-13').dividends, [dividend('2026-02-13', '0')])
  t.throws(() => actions({ dividends: ['2026-02-13 -1'] }, '2026-02-13', '2026-02-13'), { code: 'ANSWER_FORMAT', message: /amount is no number from zero on/ })
  t.throws(() => actions({ ...chart, splits: ['2026-02-12 4:0'] }, '2026-02-03', '2026-02-13'), { code: 'ANSWER_FORMAT', message: /denominator is no number above zero/ })
})

await t.test('a file that was downloaded is read with its rows of nulls, and nothing in it is exact: it tells of no split', async (t) => {
  const tally = new Tally(10)
  const text = ['Date,Open,High,Low,Close,Adj Close,Volume', '2026-02-09,null,null,null,null,null,null', '2026-02-10,1.500000,2.000000,1.000000,1.750000,1.600000,100', '2026-02-11,1,null,1,1,1,100', '2026-02-12,1,1,1,1,1,7'].join('\n')
  const periods = timespanNamed('day').periods({ start: isoDate('2026-02-09'), end: isoDate('2026-02-12') })
  const page = YAHOO.files!.read(Buffer.from(text), 'AAPL', { timespan: 'day', periods, tally, firstRow: 1 })
  t.match(page, { rows: 3, bars: [{ slot: 1, open: '1.5', high: '2', low: '1', close: '1.75', volume: '100' }, { slot: 3, volume: '7' }] })
  t.same(tally.rejects.map(({ line, reason, field }) => `${line} ${reason} ${field}`), ['2 null_value High'])
  t.notOk(page.bars.some(({ unadjusted }) => unadjusted))
})
