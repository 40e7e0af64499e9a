import type pg from 'pg'
import type { Dataset } from '../../datasets/dataset.js'
import { NO_CHANGES, type ChangeCounts } from '../../domain/counts.js'
import type { IsoDate } from '../../domain/dates.js'
import { analyzeStaging } from './staging.js'
import { sumsOf, type BarSums } from './sums.js'

// The bars of a date are its file's: a fill, which a provider gave where no file had spoken, is compared with nothing.

/** What separates the staged bars from the stored bars of a date. */
export interface Difference extends ChangeCounts {
  /** Bars stored for the date (of the selected securities). */
  stored: number
}

/** Which stored bars a load speaks for: a date's, or under an override those of some securities. */
export interface Scope {
  dataset: Dataset
  date: IsoDate
  /** null: every security. */
  symbolIds: number[] | null
}

/** Whether a stored bar, `o`, and the staged one with its key, `s`, have other values. */
export const DIFFERS = `(o.open, o.high, o.low, o.close, o.volume, o.transactions)
                 is distinct from (s.open, s.high, s.low, s.close, s.volume, s.transactions)`

/** Whether a stored bar, `o`, is of the date, $1. */
export const onDate = ({ times }: Dataset): string => times.on('o.time', '$1::date')

/** Whether a stored bar, `o`, and a staged one, `s`, have the same key. */
export const sameKey = ({ times }: Dataset): string => times.sameKey('o', 's')

/** The time that a staged bar, `s`, of the date, $1, gets. */
const stagedTime = ({ times }: Dataset): string => times.ofStaged('s', '$1::date')

/** The stored bars that the scope is about; takes $1 the date and $2 the securities. */
function storedInScope(dataset: Dataset): string {
  return `select * from ${dataset.table} o where ${onDate(dataset)} and o.filled_by is null and ($2::integer[] is null or o.symbol_id = any ($2))`
}

/** What a comparison of the staged bars with the stored ones found. */
export interface Compared {
  difference: Difference
  /** What the staged bars add up to. */
  sums: BarSums
  /** Whether the date has fills, which give way to what is written. */
  hasFills: boolean
}

/** Compares the staged bars with the stored ones, writing nothing. Counts come from here and never from command tags. */
export async function compare(client: pg.ClientBase, scope: Scope): Promise<Compared> {
  const { dataset, date } = scope
  const { rows } = await client.query<BarSums & { hasBars: boolean; hasFills: boolean }>(
    `select *, exists (select 1 from ${dataset.table} o where ${onDate(dataset)} and o.filled_by is null) as "hasBars",
            exists (select 1 from ${dataset.table} o where ${onDate(dataset)} and o.filled_by is not null) as "hasFills"
       from (${sumsOf(dataset, 's', 'pg_temp.staging s')}) staged`,
    [date],
  )
  const { hasBars, hasFills, ...sums } = rows[0]!
  if (hasBars) return { sums, hasFills, difference: await compareEach(client, scope) }
  // As in a hydrate: no join is needed, nor what the planner would have to know for it.
  return { sums, hasFills, difference: { stored: 0, ...NO_CHANGES, inserted: sums.rowCount } }
}

async function compareEach(client: pg.ClientBase, { dataset, date, symbolIds }: Scope): Promise<Difference> {
  await analyzeStaging(client)
  const { rows } = await client.query<Difference>(
    `select count(o.symbol_id) as stored,
            count(*) filter (where o.symbol_id is null) as inserted,
            count(*) filter (where o.symbol_id is not null and s.symbol_id is not null and ${DIFFERS}) as updated,
            count(*) filter (where o.symbol_id is not null and s.symbol_id is not null and not ${DIFFERS}) as unchanged,
            count(*) filter (where s.symbol_id is null) as removed
       from pg_temp.staging s
       full join (${storedInScope(dataset)}) o on ${sameKey(dataset)}`,
    [date, symbolIds],
  )
  return rows[0]!
}

/** Stores the staged bars of a date that has none, in the order of the file: that is by symbol, and sorting them by key gains nothing. */
export async function insertAll(client: pg.ClientBase, { dataset, date }: Scope, loadId: number): Promise<void> {
  // The WHERE gives both kinds the same parameters.
  await client.query(
    `insert into ${dataset.table} (symbol_id, time, open, high, low, close, volume, transactions, load_id)
     select s.symbol_id, ${stagedTime(dataset)}, s.open, s.high, s.low, s.close, s.volume, s.transactions, $2::bigint
       from pg_temp.staging s
      where $1::date is not null`,
    [date, loadId],
  )
}

/** What the stored bars of the scope add up to. */
export async function storedSums(client: pg.ClientBase, { dataset, date, symbolIds }: Scope): Promise<BarSums> {
  const { rows } = await client.query<BarSums>(sumsOf(dataset, 'o', `(${storedInScope(dataset)}) o`), [date, symbolIds])
  return rows[0]!
}

/** What a load does to the stored bars of its scope. */
export interface Change {
  loadId: number
  cause: 'vendor' | 'repair'
  difference: Difference
}

/**
 * Makes the stored bars of the scope equal to the staged ones, writing only what differs; old values go to bar_revisions. The
 * table of bars meets nothing but common table expressions, which is all that Citus has a distributed table joined with. Returns
 * how many it has written, removed ones aside.
 */
export async function applyDifference(client: pg.ClientBase, { dataset, date, symbolIds }: Scope, { loadId, cause, difference }: Change): Promise<number> {
  const remove = `, gone as materialized (
       select o.symbol_id, o.time from stored o where not exists (select 1 from pg_temp.staging s where ${sameKey(dataset)})
     ), removed as (
       delete from ${dataset.table} o using gone where ${onDate(dataset)} and o.symbol_id = gone.symbol_id and o.time = gone.time
     )`
  const { rowCount } = await client.query(
    `with stored as materialized (
       ${storedInScope(dataset)}
     ), revised as (
       insert into bar_revisions (
         dataset, date, symbol_id, time, cause, old_open, old_high, old_low, old_close, old_volume, old_transactions,
         new_open, new_high, new_low, new_close, new_volume, new_transactions, old_load_id, new_load_id)
       select $4::text, $1::date, o.symbol_id, ${dataset.times.ofRevision('o.time')}, $5::text, o.open, o.high, o.low, o.close, o.volume, o.transactions,
              s.open, s.high, s.low, s.close, s.volume, s.transactions, o.load_id, $3::bigint
         from stored o
         left join pg_temp.staging s on ${sameKey(dataset)}
        where s.symbol_id is null or ${DIFFERS}
        order by o.symbol_id, o.time
     )${difference.removed > 0 ? remove : ''}
     insert into ${dataset.table} (symbol_id, time, open, high, low, close, volume, transactions, load_id)
     select s.symbol_id, ${stagedTime(dataset)}, s.open, s.high, s.low, s.close, s.volume, s.transactions, $3::bigint
       from pg_temp.staging s
       left join stored o on ${sameKey(dataset)}
      where o.symbol_id is null or ${DIFFERS}
      order by ${dataset.times.keyOrder('s')}
     on conflict (symbol_id, time) do update
        set open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
            volume = excluded.volume, transactions = excluded.transactions, load_id = excluded.load_id`,
    [date, symbolIds, loadId, dataset.name, cause],
  )
  return rowCount ?? 0
}
