import { pino } from 'pino'
import t from 'tap'
import { withRun } from '../../../lib/features/runs/with-run.js'
import type { Runtime } from '../../../lib/features/runs/runtime.js'
import { SteadyPool } from '../../../lib/postgres/steady-pool.js'
import { successRate } from '../../../lib/store/runs/success-rate.js'
import { empty, freshDatabase } from '../../helpers/database.js'

const { pool } = await freshDatabase(t)
const log = pino({ enabled: false })
const SINCE = new Date('2025-01-01T00:00:00Z')

/** Writes runs that ended so, a minute each, from an instant on. */
async function ended(runs: number, status: string, from = '2025-01-02T00:00:00Z'): Promise<void> {
  await pool.query(`
    insert into ingestion_runs (command, parameters, version, status, started_at, finished_at)
    select 'sync', '{}', '0.1.0', $2, $3::timestamptz + n * interval '1 hour', $3::timestamptz + n * interval '1 hour 1 minute' from generate_series(1, $1) n`, [runs, status, from])
}

await t.test('there is no rate of no runs', async (t) => {
  await empty(pool)
  t.same(await successRate(pool, SINCE), { runs: 0, succeeded: 0, failed: 0, interrupted: 0, rate: null, met: null })
})

await t.test('99 of 100 are as many as there are to be, one more that fails is one too many', async (t) => {
  await empty(pool)
  await ended(99, 'succeeded')
  await ended(1, 'failed')
  t.same(await successRate(pool, SINCE), { runs: 100, succeeded: 99, failed: 1, interrupted: 0, rate: '99', met: true })
  await ended(1, 'died')
  // 99 of 101 are 98.0198... percent.
  t.same(await successRate(pool, SINCE), { runs: 101, succeeded: 99, failed: 2, interrupted: 0, rate: '98.01', met: false })
})

await t.test('it rolls: a failure is forgotten once it ended longer ago, and one that somebody stopped counts neither way', async (t) => {
  await empty(pool)
  await ended(1, 'failed', '2024-12-31T22:00:00Z')
  await ended(10, 'interrupted')
  await ended(2, 'succeeded')
  t.match(await successRate(pool, SINCE), { runs: 12, succeeded: 2, failed: 0, interrupted: 10, rate: '100', met: true })
  // The failed run ended at 23:01.
  t.match(await successRate(pool, new Date('2024-12-31T23:01:00Z')), { failed: 1, rate: '66.66', met: false })
  t.match(await successRate(pool, new Date('2024-12-31T23:01:01Z')), { failed: 0 })
})

await t.test('runs that fail, are tried again and die count as they ended; tries within one do not', async (t) => {
  await empty(pool)
  const runtime: Runtime = { db: new SteadyPool(pool, 0, log), log, now: () => new Date(), signal: new AbortController().signal, failpoint: async () => {} }
  const run = { command: 'sync', parameters: {}, version: '0.1.0', exitCodeOfError: () => 3 }
  let tries = 0
  const work = async () => {
    for (;;) {
      tries++
      if (tries === 1) throw new Error('the vendor answered 503')
      if (tries > 3) return { result: tries, end: { status: 'succeeded' as const, exitCode: 0, totals: null, message: null } }
    }
  }
  await t.rejects(withRun(runtime, run, work), /503/)
  await withRun(runtime, run, work)
  await pool.query(`insert into ingestion_runs (command, parameters, version) values ('sync', '{}', '0.1.0')`)
  t.same(await successRate(pool, SINCE), { runs: 3, succeeded: 1, failed: 2, interrupted: 0, rate: '33.33', met: false })
})
