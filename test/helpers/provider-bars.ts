import type pg from 'pg'
import type { Basis } from '../../lib/domain/basis.js'

/** Bars that a provider gave at once. */
export interface GivenBars {
  provider: string
  basis: Basis
  /** When it was asked. */
  pulled?: string
  /** Each as `symbol_id,date,open,high,low,close,volume[,p]`; p: it may still change. */
  bars: readonly string[]
  /** Of which timespan they are; `day` if none is named. */
  timespan?: 'day' | 'week' | 'month'
}

/** Stores a finished request, and returns its id. */
async function insertFetch(pool: pg.Pool, provider: string, pulled: string): Promise<number> {
  await pool.query(`insert into jobs (job_id, kind, request) values ('test', 'fetch', '{}') on conflict do nothing`)
  const { rows } = await pool.query<{ id: number }>(`
    insert into fetches (job_id, provider, symbol, timespan, start_date, end_date, status, tries, rules_version, identity_seq, pulled_at, duration_ms)
    values ('test', $1, 'AAA', 'day', '1990-01-01', '2036-12-31', 'unchanged', 1, 1, 1, $2, 1) returning fetch_id as id`, [provider, pulled])
  return rows[0]!.id
}

/** Stores bars beside those of other providers, as a request that gave them does. */
export async function giveBars(pool: pg.Pool, { provider, basis, pulled = '2026-11-21T12:00:00Z', bars, timespan = 'day' }: GivenBars): Promise<void> {
  const fetchId = await insertFetch(pool, provider, pulled)
  const fields = bars.map((bar) => bar.split(','))
  await pool.query(`
    insert into provider_bars (symbol_id, timespan, time, provider, basis, open, high, low, close, volume, partial, fetch_id)
    select symbol_id, $12, day, $1, $2, open, high, low, close, volume, marks is not null, $3
    from unnest($4::integer[], $5::date[], $6::numeric[], $7::numeric[], $8::numeric[], $9::numeric[], $10::numeric[], $11::text[]) b (symbol_id, day, open, high, low, close, volume, marks)`,
  [provider, basis, fetchId, ...[0, 1, 2, 3, 4, 5, 6, 7].map((field) => fields.map((of) => of[field] ?? null)), timespan])
}
