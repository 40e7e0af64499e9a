import t from 'tap'
import type { TimespanName } from '../../lib/datasets/timespan.js'
import { timespanNamed } from '../../lib/datasets/timespans.js'
import { addDays, isoDate } from '../../lib/domain/dates.js'
import { Tally } from '../../lib/domain/tally.js'
import { csvBars, type CsvColumns } from '../../lib/providers/csv-bars.js'
import { askedDates, dateOfStamp, slotOfDate, slotOfStamp } from '../../lib/providers/wall-clock.js'

const COLUMNS: CsvColumns = { time: ['date', 'data'], open: ['open'], high: ['high'], low: ['low'], close: ['close'], volume: ['volume', 'wolumen'] }
const periodsOf = (timespan: TimespanName, start: string, end: string) => timespanNamed(timespan).periods({ start: isoDate(start), end: isoDate(end) })

function read(text: string, start = '2026-03-02', end = '2026-03-06') {
  const tally = new Tally(100)
  const { rows, bars } = csvBars(Buffer.from(text), 'SPY', { timespan: 'day', periods: periodsOf('day', start, end), tally, firstRow: 1 }, COLUMNS)
  return { rows, read: tally.counts.read, bars: bars.map(({ line, slot, open, high, low, close, volume }) => [line, slot, open, high, low, close, volume].join(' ')),
    rejects: tally.rejects.map(({ line, reason, field, raw }) => [line, reason, field, raw.toString()].join(' ')) }
}

await t.test('rows of the dates that were asked for become bars, whatever the order of columns and rows', async (t) => {
  const rows = ['2026-03-06,5,1.50,3,1,2,x', '2026-03-02,1e3,1,1,1,1,', '2026-02-27,1,1,1,1,1,', '2026-03-09,1,1,1,1,1,']
  const expected = { rows: 2, read: 2, bars: ['1 4 1.5 3 1 2 5', '2 0 1 1 1 1 1000'], rejects: [] }
  t.same(read(['Data,Wolumen,Open,High,Low,Close,Adj Close', ...rows].join('\n')), expected)
  t.same(read(`\ufeff${['date,volume,OPEN,High,Low,Close,Adj Close', ...rows, ''].join('\r\n')}`), expected, 'also with a mark in front, and CRLF')
})

await t.test('a row that is none is rejected with why, and the others are read', async (t) => {
  const rows = ['2026-03-02,1,2,1,2,9', '2026-03-03,1,2,1,2', '2026-03-04,1,,1,2,9', '2026-03-05,1,2,N/D,2,9', '3/6/2026,1,2,1,2,9', '"2026-03-06,1,2,1,2,9', '2026-03-06,1,2,1,2,1e99']
  t.same(read(['date,open,high,low,close,volume', ...rows].join('\n')), {
    rows: 7, read: 7, bars: ['1 0 1 2 1 2 9'],
    rejects: ['2 field_count  2026-03-03,1,2,1,2', '3 null_value high 2026-03-04,1,,1,2,9', '4 bad_number low 2026-03-05,1,2,N/D,2,9', '5 wrong_date  3/6/2026,1,2,1,2,9', '6 malformed  "2026-03-06,1,2,1,2,9', '7 number_too_long volume 2026-03-06,1,2,1,2,1e99'],
  })
})

await t.test('what has not the columns is refused by the one that it lacks or has twice, and what has the columns of days and the dates of weeks, too', async (t) => {
  t.throws(() => read('<html><body>Verifying your browser</body></html>'), { code: 'ANSWER_FORMAT', message: /^date is missing in the header, which is "<html>/ })
  t.throws(() => read(''), { code: 'ANSWER_FORMAT', message: 'date is missing in the header, which is ""' })
  t.throws(() => read('date,open,high,low,close'), { code: 'ANSWER_FORMAT', message: /^volume is missing/ })
  t.throws(() => read('date,data,open,high,low,close,volume'), { code: 'ANSWER_FORMAT', message: /^date is twice in/ })
  const rows = (dates: string[]): string => ['date,open,high,low,close,volume', ...dates.map((date) => `${date},1,1,1,1,1`)].join('\n')
  t.throws(() => read(rows(['2026-03-06', '2026-02-27', '2026-02-20'])), { code: 'ANSWER_FORMAT', message: 'the rows are 5 or more days apart, as those of weeks and months are', hint: 'bars of days are wanted' })
  const weeks = Array.from({ length: 11 }, (_, week) => (week === 1 ? '2026-01-05' : addDays(isoDate('2026-01-02'), week * 7)))
  t.throws(() => read(rows(weeks)), { code: 'ANSWER_FORMAT' }, 'a week of one session is a week')
  t.throws(() => read(rows(['2026-03-06 09:30:00', '2026-03-06T09:35:00'])), { code: 'ANSWER_FORMAT', message: 'the rows are of times of day ("2026-03-06 09:30:00"), as those of minutes are' })
  t.match(read(rows(['2026-03-06 09:30:00', '2026-03-06'])), { bars: [/./], rejects: [/^1 wrong_date/] }, 'one such row is a bad one')
  t.equal(read(rows(['2026-03-06', '2026-03-02', '2026-02-20'])).rows, 2, 'a gap is none of a week')
  t.equal(read(rows(['2026-03-06', '2026-02-27'])).rows, 1, 'nor are two rows')
})

await t.test('a stamp of the wall clock names its minute in New York, also where clocks change, and a date its week or month', async (t) => {
  const minutes = periodsOf('minute', '2026-03-06', '2026-03-09')
  t.same(askedDates(minutes), { start: '2026-03-06', end: '2026-03-09' })
  const read = (text: string) => [dateOfStamp(text), slotOfStamp(text, minutes)]
  t.same(read('2026-03-06 04:00:00'), ['2026-03-06', 240])
  t.same(read('2026-03-09 04:00:00'), ['2026-03-09', 240 + 71 * 60], 'the 8th has 23 hours')
  t.same(read('2026-03-09 04:00:30'), ['2026-03-09', undefined])
  t.same(read('2026-03-10 04:00:00'), ['2026-03-10', undefined])
  for (const text of ['2026-03-06', '2026-02-30 04:00:00', '2026-03-06 24:00:00', '2026-03-06T04:00:00', ' 2026-03-06 04:00:00']) t.same(read(text), [undefined, undefined], text)
  const weeks = periodsOf('week', '2026-03-04', '2026-03-10')
  t.same(askedDates(weeks), { start: '2026-03-01', end: '2026-03-14' })
  t.same(['2026-02-27', '2026-03-01', '2026-03-06', '2026-03-13', '2026-03-20'].map((date) => slotOfDate(isoDate(date), 'week', weeks)), [undefined, 0, 0, 1, undefined])
  const months = periodsOf('month', '2026-02-10', '2026-03-10')
  t.same(['2026-01-30', '2026-02-27', '2026-03-31'].map((date) => slotOfDate(isoDate(date), 'month', months)), [undefined, 0, 1])
})
