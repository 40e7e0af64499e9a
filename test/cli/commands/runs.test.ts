import t from 'tap'
import { runs } from '../../../lib/cli/commands/runs.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { runCommand } from '../../helpers/run-command.js'
import { insertAttempt, insertRun } from '../../helpers/stored-days.js'

const { pool } = await freshDatabase(t)

await t.test('nothing has run yet', async (t) => {
  await empty(pool)
  const { text, json } = await runCommand(runs, ['runs'], { pool })
  t.match(text, 'Nothing has run yet')
  t.same(json['runs'], [])
})

await t.test('the latest runs come first, with how their dates ended', async (t) => {
  await empty(pool)
  const first = await insertRun(pool)
  const second = await insertRun(pool, 'failed', 3)
  await insertAttempt(pool, second, '2016-11-22', 'loaded')
  await insertAttempt(pool, second, '2016-11-23', 'loaded')
  await insertAttempt(pool, second, '2016-11-25', 'missing', { code: 'SOURCE_MISSING' })
  const { text, json } = await runCommand(runs, ['runs'], { pool, columns: 120 })
  t.match(json['runs'], [
    { run_id: second, status: 'failed', exit_code: 3, outcomes: { loaded: 2, missing: 1 }, parameters: { start: '2016-11-21' } },
    { run_id: first, status: 'succeeded', exit_code: 0, outcomes: {} },
  ])
  t.match(text, /2016-11-29 17:00:00Z\s+2 m 05 s\s+load\s+2 loaded, 1 missing\s+failed\s+3/)
  t.equal(((await runCommand(runs, ['runs', '--limit', '1'], { pool })).json['runs'] as unknown[]).length, 1)
})

await t.test('on a terminal of 80 columns both tables fit', async (t) => {
  await empty(pool)
  const runId = await insertRun(pool, 'interrupted', 130)
  const outcomes = ['loaded', 'unchanged', 'holiday', 'not_published', 'missing', 'source_failed']
  for (const [day, outcome] of outcomes.entries()) await insertAttempt(pool, runId, `2016-11-1${day}`, outcome, { counts: { read: 1_012_000, inserted: 1_000_000, unknown: 12 } })
  for (const line of [['runs'], ['runs', String(runId)]]) {
    const [narrow, wide] = await Promise.all([80, Infinity].map(async (room) => (await runCommand(runs, line, { pool, room })).text.split('\n')))
    t.ok(wide!.some((text) => text.length > 80), line.join(' '))
    t.same(narrow!.filter((text) => text.length > 80 && !text.startsWith('dates ')), [], line.join(' '))
  }
})

await t.test('a run that says it is running, while nobody holds its lock, has died', async (t) => {
  await empty(pool)
  const alive = await insertRun(pool, 'running', null)
  const dead = await insertRun(pool, 'running', null)
  const holder = await pool.connect()
  t.teardown(() => holder.release())
  await holder.query(`select pg_advisory_lock(x'6f686c6300000000'::bigint + $1::bigint)`, [alive])
  const situation = { pool, now: '2016-11-29T17:00:42Z' }
  const { json, text } = await runCommand(runs, ['runs'], situation)
  t.match(json['runs'], [{ run_id: dead, status: 'died' }, { run_id: alive, status: 'running' }])
  t.match(text, '42 s so far')
  t.match((await runCommand(runs, ['runs', String(dead)], situation)).json['run'], { run_id: dead, status: 'died', finished_at: null })
  const { rows } = await pool.query('select distinct status from ingestion_runs')
  t.same(rows, [{ status: 'running' }], 'looking changes nothing')
})

await t.test('one run shows each date, those that need attention first, with safe messages', async (t) => {
  await empty(pool)
  const runId = await insertRun(pool, 'failed', 3)
  await insertAttempt(pool, runId, '2016-11-22', 'loaded', { counts: { read: 6012, inserted: 6000, notSelected: 12, reasons: { wrong_date: 12 } }, loadId: 7 })
  await insertAttempt(pool, runId, '2016-11-23', 'source_failed', { code: 'GZIP_CORRUPT', message: 'the file \x1b[2J ended early' })
  const { json, text } = await runCommand(runs, ['runs', String(runId)], { pool })
  t.match(json['attempts'], [
    { date: '2016-11-23', outcome: 'source_failed', code: 'GZIP_CORRUPT', counts: null },
    { date: '2016-11-22', outcome: 'loaded', counts: { read: 6012, not_selected: 12 }, load_id: 7 },
  ])
  t.match(text, 'parameters  start=2016-11-21 end=2016-11-28\n')
  t.match(text, /2016-11-22\s+loaded\s+6,012\s+6,000/)
  t.match(text, '2016-11-23  GZIP_CORRUPT: the file \\x1b[2J ended early')
  t.match((await runCommand(runs, ['runs', String(runId), '--limit', '1'], { pool })).text, '1 more; --limit 2 shows all.')
})

await t.test('a run that is not there is a usage error', async (t) => {
  await empty(pool)
  for (const id of ['7', 'seven', '99999999999999999999']) await t.rejects(runCommand(runs, ['runs', id], { pool }), { code: 'RUN_UNKNOWN' }, id)
})

await t.test('failures of the last days are told with the rate of the runs, as the status service tells them', async (t) => {
  await empty(pool)
  t.match((await runCommand(runs, ['runs', '--failures'], { pool, now: '2016-12-10T12:00:00Z' })).text, 'Nothing failed in the last 30 days. No run succeeded or failed in the last 30 days.')
  const failed = await insertRun(pool, 'failed', 3)
  await insertRun(pool)
  await insertRun(pool)
  await insertRun(pool, 'interrupted', 130)
  await insertAttempt(pool, failed, '2016-11-25', 'source_failed', { code: 'GZIP_DAMAGED', message: 'of /secret/path' })
  const { text, schema, json } = await runCommand(runs, ['runs', '--failures', '--days', '30'], { pool, now: '2016-12-10T12:00:00Z' })
  t.equal(schema, 'ohlcv.service-failures/1')
  // Two of three that nobody stopped.
  t.match(json, { success: { runs: 4, succeeded: 2, failed: 1, interrupted: 1, rate: '66.66', goal: 99, met: false }, counts: [{ kind: 'date', failures: 1, unresolved: 1 }, { kind: 'run', failures: 2 }] })
  t.match(text, /2016-11-29 17:00:01Z\s+date\s+2016-11-25 day_aggs\s+source_failed\s+GZIP_DAMAGED\s+-\s+1\s+not right yet/)
  t.match(text, '4 runs ended in the last 30 days, 1 of which somebody stopped; 2 succeeded: 66.66 % (goal: 99 %).')
  t.match((await runCommand(runs, ['runs', '--failures', '--limit', '1'], { pool, now: '2016-12-10T12:00:00Z' })).text, '2 more; --limit 3 shows all.')
  t.notMatch(text + JSON.stringify(json), 'secret')
  t.match((await runCommand(runs, ['runs', '--failures', '--days', '7'], { pool, now: '2016-12-10T12:00:00Z' })).json, { failures: [], success: { runs: 0, rate: null } })
  for (const [line, error] of [[['runs', '--failures', '--days', '0'], { code: 'DAYS_INVALID' }], [['runs', '--days', '7'], /failures/], [['runs', '42', '--failures'], /mutually exclusive/]] as const) {
    await t.rejects(runCommand(runs, [...line], { pool }), error, line.join(' '))
  }
})
