import t from 'tap'
import { progressOf } from '../../../lib/store/runs/progress.js'
import { insertAction, securitiesOf } from '../../../lib/store/service/actions.js'
import { freshDatabase } from '../../helpers/database.js'

const { pool } = await freshDatabase(t)
await pool.query(`insert into tickers (symbol_id, symbol, type, active) values (1, 'SPY', 'ETF', true), (2, 'VUG', 'ETF', true), (3, 'META', 'CS', true), (4, 'OLD', 'CS', false), (5, 'LATER', 'CS', true)`)
await pool.query(`insert into ticker_symbols values (1, 'SPY', '(,)', true), (2, 'VUG', '(,)', true), (3, 'FB', '[2012-05-18,2022-06-09)', false), (3, 'META', '[2022-06-09,)', false),
  (4, 'OLD', '(,)', true), (5, 'LATER', '[2026-01-05,)', false)`)
await pool.query(`insert into jobs (job_id, kind, request, progress) values ('listed', 'fetch', '{}', 50), ('all', 'fetch', '{}', 0)`)

const begun = async () => insertAction(pool, { action: 'fetch', request: {}, requestedBy: 'tester', idempotencyKey: null })
async function run(actionId: number | null, command: string, parameters: object): Promise<number> {
  const { rows } = await pool.query<{ id: number }>(`insert into ingestion_runs (command, parameters, version, action_id) values ($1, $2, 'test', $3) returning run_id as id`, [command, JSON.stringify(parameters), actionId])
  return rows[0]!.id
}
const answered = (job: string, symbol: string, timespan: string, status: string) => pool.query(`
  insert into ingestion_audit (job_id, symbol, timespan, provider, status, tries, started_at, finished_at) values ($1, $2, $3, 'massive', $4, '[]', now(), now())`, [job, symbol, timespan, status])

const listed = await begun()
const ofListed = await run(listed, 'fetch', { job: 'listed', grouped: false, symbols: ['SPY', 'VUG', 'FB', 'NONE'], symbol_count: 4, start: '2022-06-01', end: '2022-06-08' })

await t.test('securities of an action are told by their type: how many are asked about, answered, and failed', async (t) => {
  t.same(await securitiesOf(pool, listed), [{ type: 'CS', planned: 1, done: 0, failed: 0 }, { type: 'ETF', planned: 2, done: 0, failed: 0 }, { type: null, planned: 1, done: 0, failed: 0 }], 'a symbol names who had it on the last date')
  await answered('listed', 'SPY', 'day', 'stored')
  await answered('listed', 'VUG', 'day', 'stored')
  await answered('listed', 'VUG', 'week', 'failed')
  await answered('listed', 'NONE', 'day', 'rejected')
  await answered('all', 'FB', 'day', 'stored')
  t.same(await securitiesOf(pool, listed), [{ type: 'CS', planned: 1, done: 0, failed: 0 }, { type: 'ETF', planned: 2, done: 2, failed: 1 }, { type: null, planned: 1, done: 1, failed: 1 }], 'one timespan that failed is a failure; another job answers nothing')
})

await t.test('all securities are those that are active, by their symbols of the last date; what asks about none has none', async (t) => {
  const all = await begun()
  await run(all, 'fetch', { job: 'all', grouped: false, symbols: null, symbol_count: 3, start: '2022-06-01', end: '2022-06-08' })
  t.same(await securitiesOf(pool, all), [{ type: 'CS', planned: 1, done: 1, failed: 0 }, { type: 'ETF', planned: 2, done: 0, failed: 0 }], 'FB is answered; OLD is not active, and LATER has no symbol yet')
  const none = await begun()
  await run(none, 'load', { start: '2022-06-01', end: '2022-06-08', only: null })
  await run(none, 'fetch', { job: 'listed', grouped: true, symbols: null })
  t.same(await securitiesOf(pool, none), [])
})

await t.test('how far runs have come: of a load the weekdays of its range, of a fetch its symbols by the job, of others what is known', async (t) => {
  await pool.query(`update jobs set run_id = $1 where job_id = 'listed'`, [ofListed])
  // 2 July 2026 is a Thursday, the 6th a Monday; the 3rd is a holiday, which ends as an attempt too.
  const load = await run(null, 'load', { start: '2026-07-02', end: '2026-07-06', only: null })
  const chosen = await run(null, 'load', { start: '2026-07-02', end: '2026-07-06', only: 'incomplete' })
  const verify = await run(null, 'verify', { start: '2026-07-02', end: '2026-07-06' })
  const resumed = await run(null, 'fetch', { job: 'listed', grouped: false, symbols: ['SPY'], symbol_count: 1 })
  for (const [runId, date] of [[load, '2026-07-02'], [load, '2026-07-03'], [chosen, '2026-07-06']] as const) {
    await pool.query(`insert into attempts (run_id, dataset, date, outcome, started_at, finished_at) values ($1, 'day_aggs', $2, 'loaded', now(), now())`, [runId, date])
  }
  const runs = [ofListed, load, chosen, verify, resumed]
  const progress = await progressOf(pool, runs)
  t.same(runs.map((runId) => progress.get(runId)), [
    { runId: ofListed, done: 2, planned: 4 }, { runId: load, done: 2, planned: 3 }, { runId: chosen, done: 1, planned: null }, { runId: verify, done: 0, planned: null }, { runId: resumed, done: 0, planned: 1 },
  ], 'a job tells how far its last run has come')
  t.equal((await progressOf(pool, [])).size, 0)
  t.equal((await progressOf(pool, [9999])).size, 0)
})
