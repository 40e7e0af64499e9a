import t from 'tap'
import type { TimespanName } from '../../../lib/datasets/timespan.js'
import { timespanNamed } from '../../../lib/datasets/timespans.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { Tally } from '../../../lib/domain/tally.js'
import { ALPHA_VANTAGE } from '../../../lib/providers/alpha-vantage/alpha-vantage.js'

const { bars } = ALPHA_VANTAGE
const range = (start: string, end: string) => ({ start: isoDate(start), end: isoDate(end) })
const ROW = { '1. open': '1.0000', '2. high': '2.0000', '3. low': '0.5000', '4. close': '1.5000', '5. volume': '7' }
const TITLES: Partial<Record<TimespanName, string>> = { minute: 'Time Series (1min)', day: 'Time Series (Daily)', week: 'Weekly Time Series', month: 'Monthly Time Series' }

/** An answer with rows at the stamps, refreshed at the first unless another time is named. */
function answerOf(timespan: TimespanName, stamps: readonly string[], facts: Record<string, string> = {}): Buffer {
  const meta = { '2. Symbol': 'BRK-B', '3. Last Refreshed': stamps[0] ?? '', '4. Output Size': 'Full size', '5. Time Zone': 'US/Eastern', ...facts }
  return Buffer.from(JSON.stringify({ 'Meta Data': meta, [TITLES[timespan]!]: Object.fromEntries(stamps.map((stamp) => [stamp, ROW])) }))
}

/** When the bars of an answer begin, those that may change with a question mark. */
function timesOf(body: Buffer, timespan: TimespanName, start: string, end: string): string[] {
  const periods = timespanNamed(timespan).periods(range(start, end))
  const tally = new Tally(10)
  const page = bars.read(body, 'BRK.B', { timespan, periods, tally, firstRow: 1 })
  if (page.rows !== tally.counts.read || page.rows !== page.bars.length + tally.counts.rejected) throw new Error('rows were lost')
  return [...page.bars.map(({ slot, provisional }) => `${periods.time(slot)}${provisional ? '?' : ''}`), ...tally.rejects.map(({ reason, raw }) => `${reason} ${raw.toString().slice(0, 25)}`)]
}

await t.test('days are asked for in full where the newest hundred may not reach back so far', async (t) => {
  const size = (start: string, now: string): string | undefined => bars.question('SPY', 'day', range(start, '2026-03-10'), new Date(now)).query['outputsize']
  // The hundredth weekday before and with Tuesday, 2026-03-10 is 2025-10-22: twenty weeks before are 2025-10-21.
  t.same(['2026-03-09', '2025-10-22', '2025-10-21', '2020-01-02'].map((start) => size(start, '2026-03-10T15:00:00Z')), ['compact', 'compact', 'full', 'full'])
  t.equal(size('2025-10-21', '2026-03-10T03:59:00Z'), 'compact', 'it is still the 9th in New York')
  t.same(bars.question('BRK.B', 'day', range('2026-03-09', '2026-03-10'), new Date('2026-03-10T15:00:00Z')), { path: '/query', query: { function: 'TIME_SERIES_DAILY', symbol: 'BRK-B', datatype: 'json', outputsize: 'compact' } })
})

await t.test('minutes are asked for by the month, unadjusted and with extended hours, weeks and months as they are', async (t) => {
  const query = (timespan: TimespanName) => bars.question('BRK.B', timespan, range('2026-02-03', '2026-02-27'), new Date('2026-03-10T15:00:00Z')).query
  t.same(query('minute'), {
    function: 'TIME_SERIES_INTRADAY', symbol: 'BRK-B', datatype: 'json', interval: '1min', month: '2026-02', adjusted: 'false', extended_hours: 'true', outputsize: 'full',
  })
  t.same(query('week'), { function: 'TIME_SERIES_WEEKLY', symbol: 'BRK-B', datatype: 'json' })
  t.same(query('month'), { function: 'TIME_SERIES_MONTHLY', symbol: 'BRK-B', datatype: 'json' })
})

await t.test('minutes begin at their stamps by the clock in New York, on both sides of a change of clocks', async (t) => {
  const stamps = ['2026-03-31 19:59:00', '2026-03-09 04:00:00', '2026-03-06 19:59:00', '2026-03-02 04:00:30', '2026-02-27 19:59:00']
  t.same(timesOf(answerOf('minute', stamps), 'minute', '2026-03-02', '2026-03-31'), [
    '2026-03-31T23:59:00.000Z', '2026-03-09T08:00:00.000Z', '2026-03-07T00:59:00.000Z', 'wrong_date {"2026-03-02 04:00:30":{"',
  ])
  t.throws(() => timesOf(answerOf('minute', ['2026-03-02']), 'minute', '2026-03-02', '2026-03-31'), { code: 'ANSWER_FORMAT', message: /2026-03-02 is no time of a bar/ })
})

await t.test('a week is that of its last session, and a month too; the newest is not over before its last weekday', async (t) => {
  const weeks = (stamps: string[]) => timesOf(answerOf('week', stamps), 'week', '2026-03-11', '2026-03-31')
  t.same(weeks(['2026-04-02', '2026-03-27', '2026-03-20', '2026-03-12', '2026-03-06']), ['2026-03-29?', '2026-03-22', '2026-03-15', '2026-03-08'], 'of the week with Good Friday none knows yet whether it ends with its Thursday')
  t.same(weeks(['2026-04-10', '2026-04-02', '2026-03-27']), ['2026-03-29', '2026-03-22'], 'until the next one')
  const months = (stamps: string[]) => timesOf(answerOf('month', stamps), 'month', '2026-01-15', '2026-03-20')
  t.same(months(['2026-03-31', '2026-02-27', '2026-01-30', '2025-12-31']), ['2026-03-01', '2026-02-01', '2026-01-01'])
  t.same(months(['2026-03-19', '2026-02-27']), ['2026-03-01?', '2026-02-01'])
  t.same(months(['2026-02-27', '2026-01-30']), ['2026-02-01', '2026-01-01'], 'of February the last day was a Saturday')
})

await t.test('a day that was refreshed before its close may change', async (t) => {
  const days = (refreshed: string) => timesOf(answerOf('day', ['2026-03-10', '2026-03-09'], { '3. Last Refreshed': refreshed }), 'day', '2026-03-09', '2026-03-10')
  t.same(days('2026-03-10 13:05:00'), ['2026-03-10?', '2026-03-09'])
  for (const refreshed of ['2026-03-10', '2026-03-10 16:00:00', '2026-03-11 09:35:00']) t.same(days(refreshed), ['2026-03-10', '2026-03-09'], refreshed)
})

await t.test('an answer in another zone, about another symbol or with fewer rows than were asked for is refused', async (t) => {
  const refused = (body: Buffer, timespan: TimespanName, start: string, code: string, message: RegExp) => t.throws(() => timesOf(body, timespan, start, '2026-03-10'), { name: 'SourceError', code, message })
  refused(answerOf('day', ['2026-03-10'], { '5. Time Zone': 'UTC' }), 'day', '2026-03-09', 'ANSWER_FORMAT', /^Meta Data\.Time Zone is "UTC", and not US\/Eastern$/)
  refused(answerOf('day', ['2026-03-10'], { '2. Symbol': 'BRK-A' }), 'day', '2026-03-09', 'ANSWER_OTHER_SYMBOL', /"BRK-A", and BRK-B was asked for$/)
  refused(answerOf('day', ['2026-03-10']), 'week', '2026-03-09', 'ANSWER_FORMAT', /^Weekly Time Series is missing$/)
  refused(Buffer.from('{"Information":"Thank you"}'), 'day', '2026-03-09', 'ANSWER_FORMAT', /^Meta Data is missing$/)
  // A hundred days from 2025-12-01 to 2026-03-10.
  const hundred = Array.from({ length: 100 }, (_, back) => new Date(Date.UTC(2026, 2, 10) - back * 86_400_000).toISOString().slice(0, 10))
  const compact = answerOf('day', hundred, { '4. Output Size': 'Compact' })
  refused(compact, 'day', '2025-11-28', 'ANSWER_INCOMPLETE', /newest 100 rows only, from 2025-12-01 on, and those from 2025-11-28 on/)
  t.equal(timesOf(compact, 'day', '2025-11-29', '2026-03-10').length, 100, 'what is missing is a weekend')
  t.equal(timesOf(answerOf('day', hundred.slice(1), { '4. Output Size': 'Compact' }), 'day', '2020-01-02', '2026-03-10').length, 99, 'one that has no hundred has all there are')
})

await t.test('what is told in a sentence is known by what it says, and the limit of a day tells when there is more', async (t) => {
  const judged = (text: string, name = 'Information') => ALPHA_VANTAGE.judge({ status: 200, body: Buffer.from(JSON.stringify({ [name]: text })) })
  t.match(judged('We have detected your API key as REDACTED and our standard API rate limit is 25 requests per day.'), {
    kind: 'failed', code: 'QUOTA_USED_UP', stops: true, message: 'alpha_vantage gives nothing more to the key today (HTTP 200: We have detected your API key as REDACTED and our standard API rate limit is 25 requests per day.)',
    hint: /midnight in New York.*per_day in providers\.yaml/,
  })
  t.match(judged('The outputsize=full parameter value is a premium feature for the TIME_SERIES_DAILY endpoint.'), { code: 'PROVIDER_NOT_ENTITLED', stops: true, hint: /last 100 sessions/ })
  t.match(judged('Something new.', 'Note'), { code: 'PROVIDER_REFUSED', again: false, stops: false, message: /Something new\.\)$/ })
  t.match(ALPHA_VANTAGE.judge({ status: 200, body: Buffer.from(`{"Information":"${'x'.repeat(5000)}"}`) }), { kind: 'answer' }, 'its reader judges what is long')
})
