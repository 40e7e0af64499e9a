import t from 'tap'
import { timespanNamed } from '../../../lib/datasets/timespans.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { Tally } from '../../../lib/domain/tally.js'
import { STOOQ } from '../../../lib/providers/stooq/stooq.js'

// What Stooq's answers have been seen to have, made by hand in the forms that were recorded.

function read(text: string, reader: { read: typeof STOOQ.bars.read } = STOOQ.bars) {
  const tally = new Tally(10)
  const periods = timespanNamed('day').periods({ start: isoDate('2010-06-28'), end: isoDate('2010-07-02') })
  const { rows, bars } = reader.read(Buffer.from(text), 'TSLA', { timespan: 'day', periods, tally, firstRow: 1 })
  return { rows, bars: bars.map(({ slot, open, high, low, close, volume }) => [periods.time(slot), open, high, low, close, volume].join(' ')), rejects: tally.rejects.map(({ line, reason, field }) => `${line} ${reason} ${field}`) }
}

await t.test('a question names the symbol in lower case with its country, and dates without hyphens', async (t) => {
  t.same(STOOQ.bars.question('BRK.B', 'day', { start: isoDate('2010-06-28'), end: isoDate('2010-07-02') }, new Date()), { path: '/q/d/l/', query: { s: 'brk-b.us', i: 'd', d1: '20100628', d2: '20100702' } })
})

await t.test('headers are English or Polish, lines end with LF or CRLF, volumes may be fractions, and a row before the first day is a row', async (t) => {
  const rows = ['2010-06-28,1.13333,1.13333,1.13333,1.13333,0', '2010-06-29,1.26667,1.66667,1.16933,1.59267,31516851.906099', '']
  const expected = { rows: 2, bars: ['2010-06-28 1.13333 1.13333 1.13333 1.13333 0', '2010-06-29 1.26667 1.66667 1.16933 1.59267 31516851.906099'], rejects: [] }
  t.same(read(['Date,Open,High,Low,Close,Volume', ...rows].join('\n')), expected)
  t.same(read(['Data,Otwarcie,Najwyzszy,Najnizszy,Zamkniecie,Wolumen', ...rows].join('\r\n')), expected)
})

await t.test('a row without its volume, or with more or other than it has to have, is rejected, and the others are read', async (t) => {
  const rows = ['2010-06-28,1,1,1,1', '2010-06-29,1,1,1,1,', '2010-06-30,1,1,1,1,1,1', '30.06.2010,1,1,1,1,1', '2010-07-01,1,1,N/D,1,1', '2010-07-02,1,1,1,1,1', '']
  t.same(read(['Date,Open,High,Low,Close,Volume', ...rows].join('\n')), {
    rows: 6, bars: ['2010-07-02 1 1 1 1 1'], rejects: ['1 field_count null', '2 null_value Volume', '3 field_count null', '4 wrong_date null', '5 bad_number Low'],
  })
})

await t.test('an answer that was cut is refused wherever it was cut; a file may lack its last line end', async (t) => {
  const whole = 'Date,Open,High,Low,Close,Volume\r\n2010-06-29,1,1,1,1,281\r\n2010-06-30,1,1,1,1,281\r\n'
  for (let length = 0; length < whole.length; length++) {
    const isLineEnd = whole[length - 1] === '\n'
    if (!isLineEnd) t.throws(() => read(whole.slice(0, length)), { code: /^ANSWER_(FORMAT|INCOMPLETE)$/ }, String(length))
  }
  t.equal(read(whole.trimEnd(), STOOQ.files!).rows, 2)
})

await t.test('what is no answer is told by the text of a 200', async (t) => {
  const judged = (body: string, status = 200) => STOOQ.judge({ status, body: Buffer.from(body) })
  t.same(judged('No data'), { kind: 'nothing' })
  t.same(judged('Brak danych\r\n'), { kind: 'nothing' })
  t.same(judged('Date,Open,High,Low,Close,Volume\n'), { kind: 'answer' })
  t.match(judged('Exceeded the daily hits limit'), { code: 'QUOTA_USED_UP', again: false, stops: true })
  t.match(judged('Przekroczony dzienny limit wywolan'), { code: 'QUOTA_USED_UP', stops: true })
  t.match(judged('Get your apikey:\n1. Open https://stooq.com/q/d/?s=aapl.us&get_apikey\n2. Enter the captcha code.'), { code: 'PROVIDER_KEY_REFUSED', stops: true, hint: /STOOQ_API_KEY/ })
  t.match(judged('Access denied'), { code: 'PROVIDER_REFUSED', again: false, stops: true, message: 'stooq does not answer this address (HTTP 200: Access denied)' })
  t.match(judged('<!DOCTYPE html><html><head><title>Verifying your browser</title></head></html>'), { code: 'PROVIDER_WANTS_BROWSER', again: false, stops: true, hint: /import csv/ })
  t.match(judged('', 503), { code: 'PROVIDER_UNAVAILABLE', again: true, stops: false })
  t.match(judged('', 404), { code: 'PROVIDER_REFUSED', again: false, stops: false })
  t.same(judged('Something new'), { kind: 'answer' })
  t.throws(() => read('Something new\n'), { code: 'ANSWER_FORMAT', message: 'date is missing in the header, which is "Something new"' })
})
