import t from 'tap'
import { isoDate } from '../../../lib/domain/dates.js'
import { ACTIONS } from '../../../lib/providers/massive/rest/actions.js'

const RANGE = { start: isoDate('2010-01-01'), end: isoDate('2026-11-20') }
const read = (body: string) => ACTIONS.read(Buffer.from(body), 'AAPL', RANGE)
const answerOf = (rows: readonly string[], more = '') => `{"results":[${rows.join(',')}],"status":"OK","request_id":"6a7e466379af0a71039d60cc78e72282"${more}}`
const split = (date: string, from: string, to: string) => `{"execution_date":"${date}","id":"E1","split_from":${from},"split_to":${to},"ticker":"AAPL"}`
const DIVIDEND = '{"cash_amount":0.22,"currency":"USD","declaration_date":"2021-10-28","dividend_type":"CD","ex_dividend_date":"2021-11-05","frequency":4,"id":"E2","pay_date":"2021-11-11","record_date":"2021-11-08","ticker":"AAPL"}'

await t.test('splits and dividends are asked for by their ex-date, with the most that a page can have', async (t) => {
  t.same(ACTIONS.questions('BRK.B', { start: isoDate('2020-01-02'), end: isoDate('2020-12-31') }, new Date()), [
    { path: '/v3/reference/splits', query: { ticker: 'BRK.B', 'execution_date.gte': '2020-01-02', 'execution_date.lte': '2020-12-31', order: 'asc', sort: 'execution_date', limit: '1000' } },
    { path: '/v3/reference/dividends', query: { ticker: 'BRK.B', 'ex_dividend_date.gte': '2020-01-02', 'ex_dividend_date.lte': '2020-12-31', order: 'asc', sort: 'ex_dividend_date', limit: '1000' } },
  ])
})

await t.test('a split has its ratio exactly, whichever way round and however it is written', async (t) => {
  t.same(read(answerOf([split('2020-08-31', '1', '4'), split('2021-08-02', '8', '1'), split('2022-01-03', '1', '2e+06'), split('2023-01-04', '1', '1.281')])).splits, [
    { exDate: '2020-08-31', from: '1', to: '4' }, { exDate: '2021-08-02', from: '8', to: '1' }, { exDate: '2022-01-03', from: '1', to: '2000000' }, { exDate: '2023-01-04', from: '1', to: '1.281' },
  ])
})

await t.test('a dividend has its kind, and null for what is not said of it', async (t) => {
  const bare = (type: string) => `{"cash_amount":10,"dividend_type":"${type}","ex_dividend_date":"2012-12-0${'CD SC LT ST'.indexOf(type) / 3 + 1}","ticker":"AAPL"}`
  t.same(read(answerOf([DIVIDEND])).dividends, [{ exDate: '2021-11-05', kind: 'regular', amount: '0.22', currency: 'USD', declaredOn: '2021-10-28', recordedOn: '2021-11-08', paidOn: '2021-11-11' }])
  t.same(read(answerOf(['CD', 'SC', 'LT', 'ST'].map(bare))).dividends.map(({ exDate, kind, currency, declaredOn, recordedOn, paidOn }) => [exDate, kind, currency ?? declaredOn ?? recordedOn ?? paidOn]), [
    ['2012-12-01', 'regular', null], ['2012-12-02', 'special', null], ['2012-12-03', 'long_term_gain', null], ['2012-12-04', 'short_term_gain', null],
  ])
})

await t.test('an answer without rows has none, and what lies outside the range was not asked for', async (t) => {
  for (const body of ['{"status":"OK","request_id":"1"}', answerOf([])]) t.same(read(body), { splits: [], dividends: [], next: null })
  t.same(read(answerOf([split('2009-12-31', '1', '2'), split('2026-11-21', '1', '2')])).splits, [])
})

await t.test('the next page is asked for on our own host, without a key', async (t) => {
  t.same(read(answerOf([], ',"next_url":"https://elsewhere.example/v3/reference/splits?cursor=YXA9MjU&apiKey=secret"')).next, { path: '/v3/reference/splits', query: { cursor: 'YXA9MjU' } })
})

await t.test('an answer of another form is refused, naming the field', async (t) => {
  const refused = (body: string, code: string, message: RegExp) => t.throws(() => read(body), { name: 'SourceError', code, message })
  refused('<html>', 'ANSWER_NOT_JSON', /begins with "<html>"/)
  refused('{"status":"ERROR","error":"no"}', 'ANSWER_STATUS', /"ERROR": no$/)
  refused(answerOf([split('2020-08-31', '1', '4').replace('"AAPL"', '"MSFT"')]), 'ANSWER_OTHER_SYMBOL', /"MSFT", and AAPL/)
  refused(answerOf([split('2020-08-31', '1', '4'), split('2020-02-30', '1', '4')]), 'ANSWER_FORMAT', /^results\[1\]\.execution_date is "2020-02-30", and no date$/)
  refused(answerOf([split('2020-08-31', '0', '4')]), 'ANSWER_FORMAT', /^results\[0\]\.split_from is 0$/)
  refused(answerOf([split('2020-08-31', '1', '-4')]), 'ANSWER_FORMAT', /^results\[0\]\.split_to is -4$/)
  refused(answerOf([split('2020-08-31', '1', '"4"')]), 'ANSWER_FORMAT', /^results\[0\]\.split_to is no number$/)
  refused(answerOf([split('2020-08-31', '1', '1e99')]), 'ANSWER_FORMAT', /^results\[0\]\.split_to is 1e99$/)
  refused(answerOf([DIVIDEND.replace('"CD"', '"XX"')]), 'ANSWER_FORMAT', /^results\[0\]\.dividend_type is "XX", and none of CD, SC, LT, ST$/)
  refused(answerOf([DIVIDEND.replace('0.22', '-0.22')]), 'ANSWER_FORMAT', /^results\[0\]\.cash_amount is -0\.22$/)
  refused(answerOf([DIVIDEND.replace('"cash_amount":0.22,', '')]), 'ANSWER_FORMAT', /^results\[0\]\.cash_amount is missing$/)
  refused(answerOf([DIVIDEND.replace('"ex_dividend_date":"2021-11-05",', '')]), 'ANSWER_FORMAT', /^results\[0\]\.ex_dividend_date is missing$/)
  refused(answerOf([DIVIDEND.replace('"USD"', '7')]), 'ANSWER_FORMAT', /^results\[0\]\.currency is no text$/)
  refused(answerOf([], ',"next_url":"http://["'), 'ANSWER_FORMAT', /^next_url is no URL$/)
})
