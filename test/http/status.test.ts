import t, { type Test } from 'tap'
import type { DocumentOf } from '../../lib/documents/document.js'
import type { SERVICE_ASSET } from '../../lib/documents/service/asset.js'
import type { SERVICE_ASSETS } from '../../lib/documents/service/assets.js'
import type { SERVICE_DATE } from '../../lib/documents/service/date.js'
import type { SERVICE_DAYS } from '../../lib/documents/service/days.js'
import type { SUMMARY } from '../../lib/documents/service/summary.js'
import { ask } from '../helpers/contract.js'
import { freshDatabase } from '../helpers/database.js'
import { startService } from '../helpers/service.js'
import { insertAttempt, insertDay, insertReject, insertRun, insertSymbols } from '../helpers/stored-days.js'

const { pool } = await freshDatabase(t)
const clock = { now: new Date('2016-12-01T17:00:00Z') }
const { url } = await startService(t, { pool, now: () => clock.now, watch: ['AAPL', 'FB', 'NOPE'] })

type Told = DocumentOf<typeof SUMMARY>
const told = async (t: Test): Promise<Told> => (await ask(t, url, '/status/summary')).json as Told

await t.test('an empty database is told as empty: nothing is late, and nothing is there', async (t) => {
  const { verdict, datasets, assets } = await told(t)
  t.match(verdict, { state: 'empty' })
  t.match(datasets, [{ dataset: 'day_aggs', lag_minutes: null, stale: false, first_loaded: null, coverage: null }])
  t.equal(datasets.length, 1, 'minutes are not told of before one was ever tried')
  t.same(assets.map(({ asset, symbol_id, lag_minutes }) => [asset, symbol_id, lag_minutes]), [['AAPL', null, null], ['FB', null, null], ['NOPE', null, null]])
})

await t.test('the oldest session owed that is not loaded decides, though a newer one is, and each date has its letter', async (t) => {
  await insertSymbols(pool, [[1, 'AAPL'], [2, 'FB']])
  const runId = await insertRun(pool)
  for (const date of ['2016-11-22', '2016-11-23', '2016-11-25', '2016-11-29']) await insertDay(pool, date, { bars: 2, runId })
  await insertAttempt(pool, runId, '2016-11-28', 'source_failed', { code: 'SOURCE_DAMAGED', message: 'read /secret/place' })
  const { verdict, datasets, assets, attention } = await told(t)
  t.match(verdict, { state: 'stale', text: 'Data is late. Latest session loaded: 2016-11-29, a file 2 days 1 hour late.' })
  // The file of Monday 28 November was due on Tuesday at 11:00 in New York, 16:00 UTC: two days and an hour before Thursday 17:00.
  t.match(datasets, [{
    lag_minutes: 49 * 60, stale: true, coverage: 66.66, totals: { loaded: 4, holiday: 1, failed: 1, not_loaded: 1, missing: 0 }, next_due: { date: '2016-12-01', at: '2016-12-02T16:00:00.000Z' },
    calendar: { start: '2016-11-22', states: 'LLhL  FLn' },
  }])
  t.match(assets[0], { asset: 'AAPL', symbol_id: 1, first: '2016-11-22', latest: '2016-11-29', sessions: 4, expected: 6, coverage: 66.66, gaps: 2, gap_sessions: 2, lag_minutes: 49 * 60, stale: true, vendor: { provider: 'massive', state: 'unknown' } })
  t.match(assets[0]!.checksum, { date: '2016-11-29', value: /^[0-9a-f]{64}$/ })
  t.same(attention.map(({ kind, start }) => [kind, start]), [['not_loaded', '2016-11-30'], ['failed', '2016-11-28']], 'the latest first')
  t.notMatch(JSON.stringify(attention), 'secret')
})

const days = async (t: Test, query: string): Promise<DocumentOf<typeof SERVICE_DAYS>> => (await ask(t, url, `/status/days${query}`)).json as DocumentOf<typeof SERVICE_DAYS>

await t.test('each date is told in order with what the ledger has of it, a page at a time', async (t) => {
  const all = await days(t, '')
  t.match(all, { dataset: 'day_aggs', start: '2016-11-22', end: '2016-11-30', next_cursor: null })
  t.same(all.days.map(({ date, state, attempts }) => [date, state, attempts]), [
    ['2016-11-22', 'loaded', 0], ['2016-11-23', 'loaded', 0], ['2016-11-24', 'holiday', 0], ['2016-11-25', 'loaded', 0], ['2016-11-28', 'failed', 1], ['2016-11-29', 'loaded', 0], ['2016-11-30', 'not_loaded', 0],
  ])
  t.match(all.days[0], { row_count: 2, counts: { read: 2, staged: 2, inserted: 2, rejected: 0 }, checksum: /^[0-9a-f]{64}$/, outcome: null })
  t.match(all.days[4], { outcome: 'source_failed', code: 'SOURCE_DAMAGED', counts: null, checksum: null })
  t.notMatch(JSON.stringify(all), 'secret')

  const pages: string[][] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: DocumentOf<typeof SERVICE_DAYS> = await days(t, `?state=loaded&limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`)
    pages.push(page.days.map(({ date }) => date))
    cursor = page.next_cursor
  }
  t.same(pages, [['2016-11-22', '2016-11-23', '2016-11-25'], ['2016-11-29']])
  t.same((await days(t, '?start=2016-11-26&end=2016-11-27')).days, [], 'of a weekend there is nothing to say')
  t.same((await days(t, '?dataset=minute_aggs&start=2016-11-29&end=2016-11-29')).days.map(({ state }) => state), ['not_loaded'])
})

await t.test('dates that are none, go backwards, lie beyond the calendar or come with a cursor of something else are refused', async (t) => {
  for (const query of ['?start=2016-02-30', '?start=2016-11-30&end=2016-11-01', '?end=2999-01-01', '?cursor=IjIi', '?state=lost', '?dataset=hour', '/2016-11-31', '/1980-01-02', '/yesterday']) {
    t.equal((await ask(t, url, `/status/days${query}`)).status, 400, query)
  }
  t.match((await ask(t, url, '/status/days/2016-11-31')).json, { detail: /^path: date/ })
})

await t.test('all about one date: its file without the key, attempts without messages, rejected rows, symbols it has and lacks', async (t) => {
  await insertReject(pool, '2016-11-29', 3, 'open_above_high', 'BAD', 'BAD,secret')
  const date = async (date: string): Promise<DocumentOf<typeof SERVICE_DATE>> => (await ask(t, url, `/status/days/${date}`)).json as DocumentOf<typeof SERVICE_DATE>
  const loaded = await date('2016-11-29')
  t.match(loaded, {
    state: 'loaded', row_count: 2, lineage: { provider: 'massive', size_bytes: 345678, sha256: 'ab'.repeat(32) }, previous_session: '2016-11-25', counts: { staged: 2 },
    missing_symbols: { total: 0, symbols: [] }, new_symbols: { total: 0 }, rejects: [{ reason: 'open_above_high', rows: 1 }], fills: [], open_findings: 0, tried: [],
  })
  t.notMatch(JSON.stringify(loaded), /secret|us_stocks_sip|etag/)
  const failed = await date('2016-11-28')
  t.match(failed, { state: 'failed', lineage: null, counts: null, attempts: 1, tried: [{ outcome: 'source_failed', code: 'SOURCE_DAMAGED' }], missing_symbols: null, attention: [{ kind: 'failed', command: /^ohlcv load / }] })
  t.notMatch(JSON.stringify(failed), 'secret')
  t.match(await date('2016-11-26'), { state: null, session: false, lineage: null, tried: [], attention: [] }, 'a weekend that nobody tried')
})

await t.test('securities are found by the beginning of a symbol or a part of a name, a page at a time', async (t) => {
  await pool.query(`insert into tickers (symbol_id, symbol, name, type, active) values (3, 'AAP', 'Advance Auto Parts', 'CS', true), (4, 'SPY', 'A fund of the market', 'ETF', true)`)
  const found = async (query: string): Promise<DocumentOf<typeof SERVICE_ASSETS>> => (await ask(t, url, `/assets${query}`)).json as DocumentOf<typeof SERVICE_ASSETS>
  const symbols = async (query: string): Promise<string[]> => (await found(query)).assets.map(({ asset }) => asset)
  t.same(await symbols(''), ['AAP', 'AAPL', 'FB', 'SPY'])
  t.same(await symbols('?q=aap'), ['AAP', 'AAPL'])
  t.same(await symbols('?q=auto'), ['AAP'])
  t.same(await symbols('?type=etf'), ['SPY'])
  t.same(await symbols('?q=no%25e'), [], 'nothing is a wildcard')
  const first = await found('?limit=3')
  t.match(first.assets[1], { asset: 'AAPL', symbol_id: 1, watched: true })
  t.same(await symbols(`?limit=3&cursor=${first.next_cursor}`), ['SPY'])
  t.equal((await ask(t, url, '/assets?limit=0')).status, 400)
})

await t.test('all about one security, watched or not: its lengths of bars, names, gaps and providers; one that nobody knows is not found', async (t) => {
  const { json } = await ask(t, url, '/assets/AAPL')
  const asset = json as DocumentOf<typeof SERVICE_ASSET>
  t.match(asset, {
    asset: 'AAPL', symbol_id: 1, symbols: [{ symbol: 'AAPL', from: null, to: null }], intervals: [{ asset: 'AAPL', interval: 'day', sessions: 4, expected: 6 }], fills: [], providers: [], open_findings: 0,
    gaps: [{ interval: 'day', start: '2016-11-30', end: '2016-11-30', sessions: 1 }, { interval: 'day', start: '2016-11-28', end: '2016-11-28', sessions: 1 }], gaps_left_out: 0,
  })
  t.same(asset.intervals[0], (await told(t)).assets[0], 'the same as the summary tells')
  t.match((await ask(t, url, '/assets/NOPE')).json, { status: 404, code: 'SYMBOL_UNKNOWN' })
})
