import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import type pg from 'pg'
import { pino } from 'pino'
import t from 'tap'
import { DAY_AGGS } from '../../../lib/datasets/day.js'
import { load, type LoadObserver, type LoadResult } from '../../../lib/features/load/load.js'
import { openRequested } from '../../../lib/features/load/open-requested.js'
import { readLoadRequest, type LoadRequest } from '../../../lib/features/load/request.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { dayFilePath, manyBars, putDayFile, registerSymbols, requestOf, runtimeOf, wholeState } from '../../helpers/load.js'

const { pool } = await freshDatabase(t)

const [FIRST, SECOND] = ['2025-01-06', '2025-01-07'] as const
const symbols = manyBars(20).map((bar) => bar.split(',')[0]!)
const root = t.testdir({})
putDayFile(root, FIRST, manyBars(20))
putDayFile(root, SECOND, manyBars(10))

/** Loads as whoever has nothing but the request would. */
async function loads(pool: pg.Pool, request: LoadRequest, observer: LoadObserver = {}, stdin = Readable.from([])): Promise<LoadResult> {
  const runtime = runtimeOf(pool)
  const source = openRequested(request, { env: {}, stdin }, runtime.log)
  try {
    return await load(runtime, request, { source, exitCodes: { ofResult: () => 7, ofError: () => 8 }, ...observer })
  } finally {
    await source.close()
  }
}

await t.test('a request that was written down and read again loads the same', async (t) => {
  const states = []
  const request = requestOf(root, FIRST, SECOND, { accept: true })
  for (const asked of [request, readLoadRequest(JSON.parse(JSON.stringify(request)))]) {
    await empty(pool)
    await registerSymbols(pool, symbols)
    const { days, parameters } = await loads(pool, asked)
    states.push({ outcomes: days.map(({ outcome }) => outcome), parameters, state: await wholeState(pool) })
  }
  t.same(states[0]!.outcomes, ['loaded', 'loaded'])
  t.same(states[1], states[0])
})

await t.test('the observer is told what the request has come to, how many files there are, and of each date', async (t) => {
  await empty(pool)
  await registerSymbols(pool, symbols)
  const told: unknown[] = []
  const { runId, parameters, observations } = await loads(pool, requestOf(root, FIRST, SECOND), {
    onBegin: (parameters) => told.push(parameters), onPlan: (files) => told.push(files), onDay: ({ date, outcome }) => told.push(`${date} ${outcome}`),
  })
  t.same(parameters, {
    start: FIRST, end: SECOND, source: root, dataset: 'day_aggs', symbols: null, only: null, force: false, accept: false, trust_ledger: false, include_closed: false, dry_run: false, lanes: 2,
  })
  t.same(told.slice(0, 2), [parameters, 2])
  t.same(new Set(told.slice(2)), new Set([`${FIRST} loaded`, `${SECOND} loaded`]))
  t.match(observations, { thin: [], absence: { date: SECOND, absent: 10 } })
  t.same((await pool.query('select run_id, command, parameters, status, exit_code from ingestion_runs')).rows, [{ run_id: runId, command: 'load', parameters, status: 'succeeded', exit_code: 7 }])
})

await t.test('a dry run has no record, and writes nothing', async (t) => {
  await empty(pool)
  await registerSymbols(pool, symbols)
  const { runId, days } = await loads(pool, requestOf(root, FIRST, FIRST, { dryRun: true }))
  t.equal(runId, null)
  t.match(days, [{ outcome: 'loaded', loadId: null, counts: { inserted: 20 } }])
  for (const table of ['ingestion_runs', 'attempts', 'lineage', 'days', 'ohlcv_daily']) t.equal((await pool.query(`select from ${table}`)).rowCount, 0, table)
})

await t.test('a file that is asked for is that of its date, from its path or from stdin', async (t) => {
  await empty(pool)
  await registerSymbols(pool, symbols)
  const file = path.join(root, dayFilePath(DAY_AGGS, FIRST))
  const asked = (name: string) => readLoadRequest({ ...requestOf(root, FIRST, FIRST), source: { file: name } })
  t.match((await loads(pool, asked('-'), {}, Readable.from([readFileSync(file)], { objectMode: false }))).days, [{ outcome: 'loaded', counts: { inserted: 20 } }])
  t.match((await loads(pool, asked(file))).days, [{ outcome: 'unchanged' }])
  await t.rejects(loads(pool, readLoadRequest({ ...asked(file), dates: { start: '2025-01-04', end: '2025-01-04' } })), { code: 'FILE_ON_CLOSED_DAY' })
})

await t.test('what could load nothing is refused before there is a run', async (t) => {
  await empty(pool)
  await t.rejects(loads(pool, requestOf(root, FIRST, FIRST)), { code: 'UNIVERSE_EMPTY' })
  await registerSymbols(pool, symbols)
  await t.rejects(loads(pool, requestOf(root, FIRST, FIRST, { selected: new Set(['A000', 'NOPE']) })), { code: 'SYMBOL_UNKNOWN', message: /"NOPE"$/ })
  await t.rejects(loads(pool, requestOf(root, '1980-01-02', '1980-01-03')), { code: 'DATES_BEYOND_CALENDAR' })
  t.equal((await pool.query('select from ingestion_runs')).rowCount, 0)
})

await t.test('a run that ends with an error is kept with its message and the code that it gives', async (t) => {
  await empty(pool)
  await registerSymbols(pool, symbols)
  const request = requestOf(root, FIRST, FIRST)
  const runtime = { ...runtimeOf(pool), log: pino({ enabled: false }) }
  const source = openRequested(request, { env: {}, stdin: Readable.from([]) }, runtime.log)
  const broken = { ...source, list: () => Promise.reject(new Error('no list')) }
  await t.rejects(load(runtime, request, { source: broken, exitCodes: { ofResult: () => 7, ofError: () => 8 } }), { message: 'no list' })
  t.same((await pool.query('select status, exit_code, message from ingestion_runs')).rows, [{ status: 'failed', exit_code: 8, message: 'no list' }])
})
