import type pg from 'pg'

/** A bar for a test: symbol_id, and open, high, low, close, volume, transactions as SQL reads them. */
export type TestBar = [symbolId: number, open: string, high: string, low: string, close: string, volume: string, transactions?: number]

/** Bars of security 1 over two weeks of January 2025 and the first day of another month, each session a dollar above the one before. */
export const TWO_WEEKS: Readonly<Record<string, TestBar>> = {
  '2025-01-21': [1, '10', '12', '9', '11', '100'], '2025-01-22': [1, '11', '13', '10', '12', '100'], '2025-01-23': [1, '12', '14', '11', '13', '100'], '2025-01-24': [1, '13', '15', '12', '14', '100'],
  '2025-01-27': [1, '14', '16', '13', '15', '100'], '2025-01-28': [1, '15', '17', '14', '16', '100'], '2025-01-29': [1, '16', '18', '15', '17', '100'], '2025-01-30': [1, '17', '19', '16', '18', '100'],
  '2025-01-31': [1, '18', '20', '17', '19', '100'], '2025-02-03': [1, '19', '21', '18', '20', '100'],
}

/** A symbol for a test and the dates on which it names a security (`daterange` text; without bounds if left out). */
export type TestName = [symbolId: number, symbol: string, valid?: string]

/** Writes securities and their symbols; the security's own symbol is the last one given. */
export async function insertSymbols(pool: pg.Pool, names: TestName[]): Promise<void> {
  const latest = new Map(names.map(([symbolId, symbol]) => [symbolId, symbol]))
  await pool.query('insert into tickers (symbol_id, symbol) select * from unnest($1::integer[], $2::text[])', [[...latest.keys()], [...latest.values()]])
  await pool.query(
    `insert into ticker_symbols (symbol_id, symbol, valid, assumed) select symbol_id, symbol, valid, valid = '(,)'
     from unnest($1::integer[], $2::text[], $3::daterange[]) as n (symbol_id, symbol, valid)`,
    [names.map(([symbolId]) => symbolId), names.map(([, symbol]) => symbol), names.map(([, , valid = '(,)']) => valid)])
}

/** Writes a finished run; returns its id. */
export async function insertRun(pool: pg.Pool, status = 'succeeded', exitCode: number | null = 0): Promise<number> {
  const { rows } = await pool.query<{ run_id: number }>(
    `insert into ingestion_runs (command, parameters, version, status, exit_code, started_at, finished_at)
     values ('load', '{"start": "2016-11-21", "end": "2016-11-28", "force": false}', '0.1.0', $1::text, $2, '2016-11-29T17:00:00Z',
             case when $1::text = 'running' then null else timestamptz '2016-11-29T17:02:05Z' end)
     returning run_id`, [status, exitCode])
  return rows[0]!.run_id
}

/** What a test may say about the load of a date. */
export interface TestLoad {
  /** Bars to store; or, where their values do not matter, only how many (securities 1 to N). */
  bars: TestBar[] | number
  runId: number
  symbols?: string[]
  rejected?: number
  unknown?: string[]
}

/**
 * Writes lineage, bars, coverage and (unless it is a load of selected symbols) `days` of a date; returns load_id. For commands that only
 * read: their figures need a ledger whose ids, times and versions are known, and states that no load leaves, such as sums
 * that differ from the bars. What is to hold of a load is judged on what the loader wrote.
 */
export async function insertDay(pool: pg.Pool, date: string, { bars, runId, symbols, rejected = 0, unknown = [] }: TestLoad): Promise<number> {
  const stored = typeof bars === 'number' ? Array.from({ length: bars }, (_, i): TestBar => [i + 1, '10', '12', '9', '11', '1000', 5]) : bars
  await pool.query('select ohlcv_daily_ensure_partitions($1, $1)', [date])
  const { rows } = await pool.query<{ load_id: number }>(
    `insert into lineage (dataset, date, run_id, provider, object_key, source_identity, size_bytes, sha256, pulled_at, read, staged, inserted,
       updated, unchanged, removed, rejected, unknown, not_selected, duplicates, rules_version, identity_seq, authoritative, symbols, committed_at)
     values ('day_aggs', $1::date, $2, 'massive', 'us_stocks_sip/day_aggs_v1/' || $1::date || '.csv.gz', 'etag:' || $1::date, 345678, repeat('ab', 32),
       '2016-11-29T17:00:00Z', $3::bigint + $4::bigint + $5::bigint, $3::bigint, $3::bigint, 0, 0, 0, $4::bigint, $5::bigint, 0, 0, 1, 0, $6::text[] is null, $6::text[], '2016-11-29T17:00:01Z')
     returning load_id`, [date, runId, stored.length, rejected, unknown.length, symbols ?? null])
  const loadId = rows[0]!.load_id
  await pool.query(
    `insert into ohlcv_daily (symbol_id, time, open, high, low, close, volume, transactions, load_id)
     select symbol_id, $1::date, open, high, low, close, volume, transactions, $2::bigint
     from unnest($3::integer[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[], $8::numeric[], $9::bigint[])
       as b (symbol_id, open, high, low, close, volume, transactions)`,
    [date, loadId, ...[0, 1, 2, 3, 4, 5, 6].map((field) => stored.map((bar) => bar[field] ?? null))])
  await pool.query(`
    insert into coverage
    select 'day_aggs', time, ohlcv_mark_securities('', array_agg(symbol_id), true) from ohlcv_daily where time = $1 and filled_by is null group by time
    on conflict (dataset, date) do update set securities = excluded.securities`, [date])
  if (symbols) return loadId
  await pool.query('delete from unknown_symbols where date = $1', [date])
  await pool.query(`insert into unknown_symbols (dataset, date, symbol) select 'day_aggs', $1::date, * from unnest($2::text[])`, [date, unknown])
  await pool.query(
    `insert into days (dataset, date, load_id, row_count, hash_sum, rehash_sum, largest, rejects, stale)
     select 'day_aggs', $1::date, $2::bigint, c.row_count, c.hash_sum, c.rehash_sum, c.row_count, $3,
            exists (select from unknown_symbols u join ticker_symbols s on s.symbol = u.symbol and s.valid @> u.date where u.date = $1::date)
     from ohlcv_daily_checksum($1::date) c
     on conflict (dataset, date) do update set load_id = excluded.load_id, row_count = excluded.row_count, hash_sum = excluded.hash_sum,
       rehash_sum = excluded.rehash_sum, largest = excluded.largest, rejects = excluded.rejects, dropped = 0, stale = excluded.stale`, [date, loadId, rejected])
  return loadId
}

/** Writes how a date of a run ended. */
export async function insertAttempt(
  pool: pg.Pool, runId: number, date: string, outcome: string, more: { code?: string; message?: string; counts?: Record<string, unknown>; loadId?: number } = {},
): Promise<void> {
  await pool.query(
    `insert into attempts (run_id, dataset, date, outcome, code, message, counts, load_id, started_at, finished_at)
     values ($1, 'day_aggs', $2, $3, $4, $5, $6, $7, '2016-11-29T17:00:00Z', '2016-11-29T17:00:01.5Z')`,
    [runId, date, outcome, more.code ?? null, more.message ?? null, more.counts ?? null, more.loadId ?? null])
}

/** Writes a rejected row of a date. */
export async function insertReject(pool: pg.Pool, date: string, line: number, reason: string, symbol: string | null, raw: string | Buffer): Promise<void> {
  await pool.query(
    `insert into rejected_rows (dataset, date, line, reason, field, symbol, raw, load_id) values ('day_aggs', $1, $2, $3, null, $4, $5, 1)`,
    [date, line, reason, symbol, typeof raw === 'string' ? Buffer.from(raw) : raw])
}
