import t from 'tap'
import { addMetrics, providerFigures } from '../../../lib/store/fetches/metrics.js'
import { freshDatabase } from '../../helpers/database.js'

const { pool } = await freshDatabase(t)

await t.test('work is added up by provider and day', async (t) => {
  const work = { requests: 3, succeeded: 2, failed: 1, rateLimited: 1, bars: 500, bytes: 10_000, latencyMs: 150.4, expected: 100, counted: 97 }
  await Promise.all([addMetrics(pool, 'p', work), addMetrics(pool, 'p', work), addMetrics(pool, 'other', work)])
  await pool.query(`insert into provider_metrics select provider_name, date - 2, requests from provider_metrics where provider_name = 'p'`)
  const { rows } = await pool.query(`select * from provider_metrics where provider_name = 'p' order by date desc limit 1`)
  t.match(rows, [{ requests: 6, succeeded: 4, failed: 2, rate_limited: 2, bars: 1000, bytes: 20_000, latency_ms: 300, expected: 200, counted: 194 }])
  t.same((await providerFigures(pool)).get('p'), { requests: 6, succeeded: 4, medianMs: null }, 'of today and the day before')
})

await t.test('the median is that of the fetches of the last 24 hours', async (t) => {
  await pool.query(`insert into jobs (job_id, kind, request) values ('j', 'fetch', '{}')`)
  await pool.query(`
    insert into fetches (job_id, provider, timespan, start_date, end_date, status, tries, rules_version, identity_seq, pulled_at, duration_ms)
    select 'j', 'quick', 'day', '2024-01-02', '2024-01-02', 'empty', 1, 1, 0, now() - age::interval, ms
    from (values ('1 minute', 10), ('2 hours', 20), ('23 hours', 900), ('25 hours', 1), ('30 hours', 1)) f (age, ms)`)
  t.same((await providerFigures(pool)).get('quick'), { requests: 0, succeeded: 0, medianMs: 20 })
})
