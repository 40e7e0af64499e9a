import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type pg from 'pg'
import { directorySource, loadDates, putDayFile } from './load.js'

/** A date's file: closing price by symbol. */
export type DayPrices = Readonly<Record<string, number>>

/** In every file, so that none is refused for having no row of a known security. A security that no fact is about. */
const ANCHOR = 'ANCHOR'
const ANCHOR_ID = 10_000

const folder = mkdtempSync(path.join(os.tmpdir(), 'ohlcv-test-'))
// At the process's end: with a teardown of its own the runner would end a process that test files share after the first of them.
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

/**
 * Day files and their loads, for tests of the universe. What there should be is worked out from what was written into the
 * files; it leaves the anchor out.
 */
export class Market {
  readonly files = new Map<string, DayPrices>()
  readonly #root = mkdtempSync(path.join(folder, 'market-'))
  #anchored: Promise<unknown> | undefined

  constructor(readonly pool: pg.Pool) {}

  /** Publishes a date's file, if prices are given, and loads the date. */
  async load(date: string, prices?: DayPrices): Promise<void> {
    await (this.#anchored ??= this.pool.query(`
      with anchor as (insert into tickers (symbol_id, symbol) values (${ANCHOR_ID}, '${ANCHOR}') returning *)
      insert into ticker_symbols (symbol_id, symbol, valid, assumed) select symbol_id, symbol, '(,)', true from anchor`))
    if (prices) {
      this.files.set(date, prices)
      putDayFile(this.#root, date, Object.entries({ ...prices, [ANCHOR]: 1 }).map(([symbol, price]) => [symbol, price, price, price, price, 100, 1].join(',')))
    }
    const { days } = await loadDates(this.pool, directorySource(this.#root), date, date, { accept: true })
    for (const { outcome, message } of days) if (outcome !== 'loaded' && outcome !== 'unchanged') throw new Error(`${date} ended as ${outcome}: ${message}`)
  }

  /** The stored bars as `date symbol close`, by the symbols that name their securities now. */
  async bars(): Promise<string[]> {
    return this.#lines(`
      select concat_ws(' ', b.time, coalesce(s.symbol, '(no symbol)'), b.close)
      from ohlcv_daily b left join ticker_symbols s on s.symbol_id = b.symbol_id and s.valid @> b.time where b.symbol_id <> ${ANCHOR_ID}`)
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
    return this.#lines(`select concat_ws(' ', symbol, dense_rank() over (order by symbol_id), valid, case when assumed then 'assumed' end) from ticker_symbols where symbol_id <> ${ANCHOR_ID}`)
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
