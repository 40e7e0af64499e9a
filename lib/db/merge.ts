import type pg from 'pg'
import type { IsoDate } from '../domain/dates.js'

/** What separates the staged bars from the stored bars of a date: `staged = inserted + updated + unchanged`. */
export interface Difference {
  /** Bars stored for the date (of the selected securities). */
  stored: number
  inserted: number
  updated: number
  unchanged: number
  removed: number
}

/** Which stored bars a load speaks for: a date's, or under an override those of some securities. */
export interface Scope {
  date: IsoDate
  /** null: every security. */
  symbolIds: number[] | null
}

const IN_SCOPE = '(o.time = $1::date and ($2::integer[] is null or o.symbol_id = any ($2)))'
const DIFFERS = `(o.open, o.high, o.low, o.close, o.volume, o.transactions)
                 is distinct from (s.open, s.high, s.low, s.close, s.volume, s.transactions)`

/** Compares the staged bars with the stored ones, writing nothing. Counts come from here and never from command tags. */
export async function compare(client: pg.ClientBase, { date, symbolIds }: Scope): Promise<Difference> {
  const { rows } = await client.query<Difference>(
    `select count(o.symbol_id) as stored,
            count(*) filter (where o.symbol_id is null) as inserted,
            count(*) filter (where o.symbol_id is not null and s.symbol_id is not null and ${DIFFERS}) as updated,
            count(*) filter (where o.symbol_id is not null and s.symbol_id is not null and not ${DIFFERS}) as unchanged,
            count(*) filter (where s.symbol_id is null) as removed
       from pg_temp.staging s
       full join (select * from ohlcv_daily o where ${IN_SCOPE}) o on o.symbol_id = s.symbol_id`,
    [date, symbolIds],
  )
  return rows[0]!
}

/** Stores the staged bars of a date that has none, in key order, which writes the least WAL. */
export async function insertAll(client: pg.ClientBase, date: IsoDate, loadId: number): Promise<void> {
  await client.query(
    `insert into ohlcv_daily (symbol_id, time, open, high, low, close, volume, transactions, load_id)
     select symbol_id, $1::date, open, high, low, close, volume, transactions, $2::bigint
       from pg_temp.staging
      order by symbol_id`,
    [date, loadId],
  )
}

/** Makes the stored bars of the scope equal to the staged ones, writing only what differs; old values go to bar_revisions. */
export async function applyDifference(client: pg.ClientBase, dataset: string, { date, symbolIds }: Scope, loadId: number, cause: 'vendor' | 'repair'): Promise<void> {
  await client.query(
    `with stored as materialized (
       select * from ohlcv_daily o where ${IN_SCOPE}
     ), revised as (
       insert into bar_revisions (
         dataset, date, symbol_id, cause, old_open, old_high, old_low, old_close, old_volume, old_transactions,
         new_open, new_high, new_low, new_close, new_volume, new_transactions, old_load_id, new_load_id)
       select $4::text, $1::date, o.symbol_id, $5::text, o.open, o.high, o.low, o.close, o.volume, o.transactions,
              s.open, s.high, s.low, s.close, s.volume, s.transactions, o.load_id, $3::bigint
         from stored o
         left join pg_temp.staging s on s.symbol_id = o.symbol_id
        where s.symbol_id is null or ${DIFFERS}
        order by o.symbol_id
     ), removed as (
       delete from ohlcv_daily o
        using stored gone
        where o.time = $1::date and o.symbol_id = gone.symbol_id
          and not exists (select from pg_temp.staging s where s.symbol_id = gone.symbol_id)
     )
     insert into ohlcv_daily (symbol_id, time, open, high, low, close, volume, transactions, load_id)
     select s.symbol_id, $1::date, s.open, s.high, s.low, s.close, s.volume, s.transactions, $3::bigint
       from pg_temp.staging s
       left join stored o on o.symbol_id = s.symbol_id
      where o.symbol_id is null or ${DIFFERS}
      order by s.symbol_id
     on conflict (symbol_id, time) do update
        set open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
            volume = excluded.volume, transactions = excluded.transactions, load_id = excluded.load_id`,
    [date, symbolIds, loadId, dataset, cause],
  )
}

/** Makes the partitions that hold these dates; returns how many were missing. */
export async function ensurePartitions(client: pg.ClientBase | pg.Pool, first: IsoDate, last: IsoDate): Promise<number> {
  const { rows } = await client.query<{ made: number }>('select ohlcv_daily_ensure_partitions($1, $2) as made', [first, last])
  return rows[0]!.made
}
