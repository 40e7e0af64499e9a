import t, { type Test } from 'tap'
import type { DocumentOf } from '../../../lib/documents/document.js'
import type { SUMMARY } from '../../../lib/documents/service/summary.js'
import { ask } from '../../helpers/contract.js'
import { freshDatabase } from '../../helpers/database.js'
import { startService } from '../../helpers/service.js'
import { insertAttempt, insertDay, insertRun, insertSymbols } from '../../helpers/stored-days.js'

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
  t.match(verdict, { state: 'stale', text: 'Data is late. Latest session loaded: day_aggs: 2016-11-29, a file 2 days 1 hour late.' })
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
