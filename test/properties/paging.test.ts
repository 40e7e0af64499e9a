import t from 'tap'
import fc from 'fast-check'
import * as v from 'valibot'
import { ROUTES } from '../../lib/http/routes.js'
import { freshDatabase } from '../helpers/database.js'
import { testSite } from '../helpers/service.js'

// Lists are read a page at a time while rows come in at whatever place of their order: nothing that was there at the beginning is left out, and nothing told twice.

const { pool } = await freshDatabase(t)
const site = testSite({ pool })

/** A list: what it is asked for by, what a row of it is known by, and how rows come to it. */
interface List {
  path: string
  query?: Record<string, unknown>
  /** The field with its rows. */
  rows: string
  keyOf: (row: Record<string, unknown>) => string
  /** Adds a row at a place of the list's order, from 0 to 999, if there is none yet. */
  add: string
}

const LISTS: readonly List[] = [
  { path: '/ingestion/runs', rows: 'runs', keyOf: (row) => String(row['run_id']), add: `insert into ingestion_runs (command, parameters, version, status) select 'load', '{}', '1', 'succeeded' where $1::integer is not null` },
  { path: '/status/remediation', rows: 'remediations', keyOf: (row) => String(row['remediation_id']), add: `insert into remediation_log (kind, action, state, ended_at) select 'gap', 'fetch', 'closed', timestamptz '2025-01-01' + $1::integer * interval '1 hour'` },
  { path: '/rejects', rows: 'rejects', keyOf: (row) => `${String(row['date'])} ${String(row['line'])}`, add: `insert into rejected_rows (dataset, date, line, reason, raw, load_id) select 'day_aggs', date '2025-01-01' + $1::integer % 5, $1, 'malformed', '', 1 on conflict do nothing` },
  { path: '/bars', query: { asset: 'A' }, rows: 'bars', keyOf: (row) => String(row['time']), add: `insert into ohlcv_daily (symbol_id, time, open, high, low, close, volume, load_id) select 1, date '2024-01-01' + $1::integer, 1, 1, 1, 1, 1, 1 on conflict do nothing` },
  { path: '/bars', query: { asset: 'A', interval: 'hour', order: 'desc' }, rows: 'bars', keyOf: (row) => String(row['time']), add: `insert into ohlcv_hourly (symbol_id, time, open, high, low, close, volume, regular, partial, fetch_id) select 1, timestamptz '2024-01-01' + $1::integer * interval '1 hour', 1, 1, 1, 1, 1, true, false, 1 on conflict do nothing` },
  { path: '/ingestion/failures', query: { days: 366 }, rows: 'failures', keyOf: (row) => `${String(row['kind'])} ${String(row['failure_id'])}`, add: `
    insert into fetches (job_id, provider, timespan, start_date, end_date, status, tries, rules_version, identity_seq, pulled_at, duration_ms)
    select 'job', 'other', 'day', '2025-01-06', '2025-01-06', 'failed', 1, 1, 0, now() - $1::integer / 100 * interval '1 microsecond', 1` },
]

await pool.query(`
  insert into tickers (symbol_id, symbol) values (1, 'A');
  insert into ticker_symbols (symbol_id, symbol, valid, assumed) values (1, 'A', '(,)', true);
  select ohlcv_daily_ensure_partitions('2024-01-01', '2026-12-31')`)

/** A page as its route makes it: one that is kept may be as old as a second. */
async function page({ path, query, rows, keyOf }: List, more: Record<string, unknown>): Promise<{ keys: string[]; next: string | null }> {
  const route = ROUTES.find((known) => known.path === path)!
  const answer = await route.answer({ params: {}, query: v.parse(route.query!, { ...query, ...more }), body: {}, headers: {}, who: { access: 'everybody', name: null } }, site) as Record<string, unknown> & { next_cursor: string | null }
  return { keys: (answer[rows] as Record<string, unknown>[]).map(keyOf), next: answer.next_cursor }
}

const place = fc.integer({ min: 0, max: 999 })

for (const list of LISTS) {
  await t.test(`${list.path} ${JSON.stringify(list.query ?? {})} tells each row once, and all that were there, whatever comes in between`, async (t) => {
    await fc.assert(fc.asyncProperty(fc.array(place, { minLength: 1, maxLength: 12 }), fc.array(fc.array(place, { maxLength: 3 }), { maxLength: 8 }), fc.integer({ min: 1, max: 5 }), async (before, between, limit) => {
      await pool.query('truncate ingestion_runs, remediation_log, rejected_rows, ohlcv_daily, ohlcv_hourly, fetches restart identity cascade')
      await pool.query(`insert into jobs (job_id, kind, request) values ('job', 'fetch', '{}')`)
      for (const at of before) await pool.query(list.add, [at])
      const there = (await page(list, { limit: 1000 })).keys
      const told: string[] = []
      for (let next: string | null | undefined, turn = 0; next !== null; turn++) {
        const read: { keys: string[]; next: string | null } = await page(list, { limit, cursor: next })
        if (read.keys.length > limit) throw new Error(`${read.keys.length} rows on a page of ${limit}`)
        told.push(...read.keys)
        next = read.next
        for (const at of between[turn] ?? []) await pool.query(list.add, [at])
      }
      t.same([...new Set(told)], told, 'nothing twice')
      t.same(there.filter((key) => !told.includes(key)), [], 'nothing left out')
    }), { numRuns: 6, seed: 15 })
  })
}
