import type pg from 'pg'

/** A loaded date's file: closing price by symbol. */
export type DayPrices = Readonly<Record<string, number>>

/**
 * Day files and a loader in a few lines of SQL, for tests of the universe: a bar of each symbol that names a security on
 * the date, the others noted as unknown, count and checksum in `days`.
 */
export class Market {
  readonly files = new Map<string, DayPrices>()

  constructor(readonly pool: pg.Pool) {}

  /** Loads a date, or loads it again. */
  async load(date: string, prices: DayPrices = this.files.get(date) ?? {}): Promise<void> {
    this.files.set(date, prices)
    const { rows } = await this.pool.query<{ load_id: number }>(`
      with run as (
        insert into ingestion_runs (command, parameters, version, status) values ('load', '{}', 'test', 'succeeded') returning run_id
      )
      insert into lineage (dataset, date, run_id, provider, object_key, source_identity, size_bytes, sha256, pulled_at, read, staged, inserted, updated,
                           unchanged, removed, rejected, unknown, not_selected, duplicates, rules_version, identity_seq, authoritative)
      select 'day_aggs', $1, run_id, 'test', 'file', 'etag:1', 0, '', now(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, true from run
      returning load_id`, [date])
    const loadId = rows[0]!.load_id
    await this.pool.query('select ohlcv_daily_ensure_partitions($1, $1)', [date])
    await this.pool.query('delete from ohlcv_daily where time = $1', [date])
    await this.pool.query('delete from unknown_symbols where date = $1', [date])
    const [symbols, closes] = [Object.keys(prices), Object.values(prices)]
    await this.pool.query(`
      insert into ohlcv_daily (symbol_id, time, open, high, low, close, volume, transactions, load_id)
      select s.symbol_id, $1::date, f.close, f.close, f.close, f.close, 100, 1, $2
      from unnest($3::text[], $4::numeric[]) f (symbol, close) join ticker_symbols s on s.symbol = f.symbol and s.valid @> $1::date`,
    [date, loadId, symbols, closes])
    await this.pool.query(`
      insert into unknown_symbols (dataset, date, symbol)
      select 'day_aggs', $1, symbol from unnest($2::text[]) symbol
      where not exists (select from ticker_symbols s where s.symbol = symbol.symbol and s.valid @> $1::date)`, [date, symbols])
    await this.pool.query(`
      insert into days (dataset, date, load_id, row_count, hash_sum, rehash_sum, largest)
      select 'day_aggs', $1, $2, row_count, hash_sum, rehash_sum, row_count from ohlcv_daily_checksum($1)
      on conflict (dataset, date) do update set load_id = excluded.load_id, row_count = excluded.row_count, hash_sum = excluded.hash_sum,
        rehash_sum = excluded.rehash_sum, largest = excluded.largest, rejects = 0, dropped = 0, stale = false`, [date, loadId])
  }

  /** The stored bars as `date symbol close`, by the symbols that name their securities now. */
  async bars(): Promise<string[]> {
    return this.#lines(`
      select concat_ws(' ', b.time, coalesce(s.symbol, '(no symbol)'), b.close)
      from ohlcv_daily b left join ticker_symbols s on s.symbol_id = b.symbol_id and s.valid @> b.time`)
  }

  /** The bars there should be: of each file the symbols that name a security and are not waiting to be read again. */
  async barsOfFiles(): Promise<string[]> {
    const lines: string[] = []
    for (const [date, prices] of this.files) {
      const { rows } = await this.pool.query<{ symbol: string }>(`
        select symbol from ticker_symbols s where s.valid @> $1::date
        except select symbol from unknown_symbols where date = $1::date`, [date])
      for (const { symbol } of rows) if (prices[symbol] !== undefined) lines.push(`${date} ${symbol} ${prices[symbol]}`)
    }
    return lines.sort()
  }

  /** The symbols as `symbol security dates`, securities numbered in the order of their ids. */
  async symbols(): Promise<string[]> {
    return this.#lines(`select concat_ws(' ', symbol, dense_rank() over (order by symbol_id), valid, case when assumed then 'assumed' end) from ticker_symbols`)
  }

  /** Dates whose count or checksum is not that of the stored bars. */
  async wrongDays(): Promise<string[]> {
    return this.#lines(`
      select d.date::text from days d cross join lateral ohlcv_daily_checksum(d.date) c
      where (d.row_count, d.checksum) is distinct from (c.row_count, c.checksum)`)
  }

  /** Everything an identity change may touch, to see that a refused one touched nothing. */
  async everything(): Promise<Record<string, string[]>> {
    const tables = ['tickers', 'ticker_symbols', 'identity_facts', 'universe_changes', 'ohlcv_daily', 'days', 'unknown_symbols', 'rejected_rows', 'bar_revisions']
    const state: Record<string, string[]> = {}
    for (const table of tables) state[table] = await this.#lines(`select r::text from ${table} r`)
    return state
  }

  async #lines(sql: string): Promise<string[]> {
    const { rows } = await this.pool.query<{ line: string }>(`select line from (${sql}) r (line) order by line collate "C"`)
    return rows.map(({ line }) => line)
  }
}
