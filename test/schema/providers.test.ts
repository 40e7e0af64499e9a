import t from 'tap'
import { migrate, readMigrations } from '../../lib/postgres/migrations/migrate.js'
import { columnsOf, contentOf } from '../helpers/content.js'
import { emptyDatabase } from '../helpers/database.js'

const MIGRATIONS = readMigrations()
const KEPT = ['jobs', 'fetches', 'ingestion_audit', 'provider_metrics', 'ohlcv_daily', 'ohlcv_hourly', 'ohlcv_weekly', 'ohlcv_monthly', 'tickers', 'ticker_symbols']

await t.test('a database of version 12 with fetched bars is migrated with every row, and what is new is empty', async (t) => {
  const { pool } = await emptyDatabase(t)
  await migrate(pool, MIGRATIONS.slice(0, 12))
  await pool.query(`
    insert into tickers (symbol) values ('AAA');
    insert into ticker_symbols (symbol, symbol_id, valid, assumed) values ('AAA', 1, '(,)', true);
    insert into jobs (job_id, kind, request) values ('j', 'fetch', '{"exchange": "XNYS"}');
    insert into fetches (job_id, provider, symbol, symbol_id, timespan, start_date, end_date, status, tries, bars, inserted, pages, rules_version, identity_seq, pulled_at, duration_ms)
    select 'j', 'massive', 'AAA', 1, timespan, '2025-01-06', '2025-01-10', 'stored', 1, 1, 1, array['x'], 1, 0, now(), 5 from unnest('{day,hour,week,month}'::text[]) timespan;
    insert into ingestion_audit (job_id, symbol, timespan, provider, status, tries, started_at, finished_at) values ('j', 'AAA', 'day', 'massive', 'stored', '[]', now(), now());
    insert into provider_metrics (provider_name, date, requests) values ('massive', '2025-01-10', 4);
    select ohlcv_daily_ensure_partitions('2025-01-06', '2025-01-06');
    insert into ohlcv_daily values (1, '2025-01-06', 1, 2, 1, 2, 100, 5, 0, 'massive', 1);
    insert into ohlcv_hourly values (1, '2025-01-06 15:00Z', 1, 2, 1, 2, 100, 5, true, false, 2);
    insert into ohlcv_weekly values (1, '2025-01-05', 1, 2, 1, 2, 100, 5, true, 3);
    insert into ohlcv_monthly values (1, '2025-01-01', 1, 2, 1, 2, 100, 5, true, 4)`)
  const columns = await columnsOf(pool, KEPT)
  const before = await contentOf(pool, columns)
  t.ok(Object.values(before).every((rows) => rows.length > 0))
  t.same(await migrate(pool, MIGRATIONS.slice(0, 13)), ['0013_providers.sql'])
  t.same(await contentOf(pool, columns), before)
  const added = Object.entries(await columnsOf(pool, KEPT)).flatMap(([table, names]) => names.filter((name) => !columns[table]!.includes(name)).map((name) => `${table}.${name}`))
  t.same(added, ['fetches.form', 'ingestion_audit.settles_at', 'provider_metrics.expected', 'provider_metrics.counted'])
  t.same((await pool.query('select form, settles_at, m.expected, m.counted from fetches, ingestion_audit, provider_metrics m limit 1')).rows, [{ form: 'answer', settles_at: null, expected: 0, counted: 0 }])
  for (const table of ['provider_bars', 'splits', 'dividends', 'split_rulings', 'provider_rests']) t.equal((await pool.query(`select from ${table}`)).rowCount, 0, table)
})
