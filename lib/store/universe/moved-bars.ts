import type { Dataset } from '../../datasets/dataset.js'
import type { IsoDate } from '../../domain/dates.js'
import { REASONS_OF_KNOWN_SECURITIES } from '../../domain/reject.js'
import type { Queryable } from '../../postgres/database.js'
import { barHash } from '../bars/sums.js'
import type { Piece } from './changes.js'

// Statements that give loaded bars the security their symbol names now. All run in the transaction of one identity change.

/** The temporary table of bars taken out of a dataset's table. */
const takenOut = (dataset: Dataset): string => `identity_${dataset.table}`

/** Makes the temporary table of the pieces that may hold bars: those whose symbol named a security before (`oldId`). */
export async function createPieces(db: Queryable): Promise<void> {
  await db.query(`
    create temp table identity_pieces (
      symbol text collate "C" not null,
      valid_from date not null,
      valid_to date not null,
      old_symbol_id integer not null,
      new_symbol_id integer
    ) on commit drop`)
}

export async function fillPieces(db: Queryable, pieces: readonly Piece[]): Promise<void> {
  await db.query(`
    insert into identity_pieces
    select symbol, coalesce(valid_from, '-infinity'), coalesce(valid_to, 'infinity'), old_symbol_id, new_symbol_id
    from unnest($1::text[], $2::date[], $3::date[], $4::integer[], $5::integer[]) p (symbol, valid_from, valid_to, old_symbol_id, new_symbol_id)`,
  [pieces.map((p) => p.symbol), pieces.map((p) => p.from), pieces.map((p) => p.to), pieces.map((p) => p.oldId), pieces.map((p) => p.newId)])
}

/** Tells the planner how few the pieces are, or it would read whole partitions. */
export async function analyzePieces(db: Queryable): Promise<void> {
  await db.query('analyze identity_pieces')
}

export async function createTakenOut(db: Queryable, dataset: Dataset): Promise<void> {
  await db.query(`
    create temp table ${takenOut(dataset)} on commit drop as
    select b.*, ''::text collate "C" as symbol, null::integer as new_symbol_id
    from ${dataset.table} b
    with no data`)
}

/** So many securities are named to the server; more of them it would look for one by one, for each piece again. */
const NAMED = 100

/** The securities whose bars the pieces may concern, to be named to the server; null where they are too many. */
export function namedSecurities(pieces: readonly Piece[]): number[] | null {
  const oldIds = [...new Set(pieces.flatMap(({ oldId }) => oldId ?? []))]
  return oldIds.length > NAMED ? null : oldIds
}

/**
 * Takes the files' bars of all pieces out of the table, so that any exchange of securities can be put back. Returns how many. Without the
 * securities' names TimescaleDB unpacks every bar of a compressed chunk; Citus joins a distributed table with no temporary one.
 */
export async function takeOutBars(db: Queryable, dataset: Dataset, oldIds: readonly number[] | null): Promise<number> {
  const { startOf } = dataset.times
  const { rows } = await db.query<{ bars: number }>(`
    with pieces as materialized (
      select symbol, old_symbol_id, new_symbol_id, ${startOf('valid_from')} as starts, ${startOf('valid_to')} as ends from identity_pieces
    ), taken as (
      delete from ${dataset.table} b
      using pieces p
      where ($1::integer[] is null or b.symbol_id = any ($1)) and b.symbol_id = p.old_symbol_id and b.filled_by is null and b.time >= p.starts and b.time < p.ends
      returning b.*, p.symbol, p.new_symbol_id
    ), kept as (
      insert into ${takenOut(dataset)} select * from taken returning 1
    )
    select count(*) as bars from kept`, [oldIds])
  return rows[0]?.bars ?? 0
}

/** A security that would have two bars on a date, with the symbols they stand under and the first dates. */
export interface Collision {
  symbol: string
  symbolId: number
  dates: IsoDate[]
}

/** The first security for which a bar taken out finds a file's bar in its place. */
export async function findCollision(db: Queryable, dataset: Dataset): Promise<Collision | undefined> {
  const { rows } = await db.query<{ symbol: string; symbol_id: number; dates: IsoDate[] }>(`
    with moved as materialized (
      select symbol, new_symbol_id, time from ${takenOut(dataset)} where new_symbol_id is not null
    ), found as materialized (
      select m.symbol, m.new_symbol_id, b.time from moved m join ${dataset.table} b on b.symbol_id = m.new_symbol_id and b.time = m.time and b.filled_by is null
    )
    select symbol, new_symbol_id as symbol_id, (array_agg(distinct ${dataset.times.dateOf('time')}::text))[1:3] as dates
    from found
    group by symbol, new_symbol_id
    order by symbol
    limit 1`)
  const found = rows[0]
  return found && { symbol: found.symbol, symbolId: found.symbol_id, dates: found.dates }
}

/** Puts the bars back under the securities their symbols name now, values and origin as they were; a fill in the place of one gives way. Returns how many. */
export async function putBackBars(db: Queryable, dataset: Dataset): Promise<number> {
  const { rows } = await db.query<{ bars: number }>(`
    with moved as (
      insert into ${dataset.table} (symbol_id, time, open, high, low, close, volume, transactions, load_id)
      select new_symbol_id, time, open, high, low, close, volume, transactions, load_id
      from ${takenOut(dataset)}
      where new_symbol_id is not null
      order by new_symbol_id, time
      on conflict (symbol_id, time) do update
        set open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume,
            transactions = excluded.transactions, load_id = excluded.load_id, filled_by = null, fetch_id = null
      returning 1
    )
    select count(*) as bars from moved`)
  return rows[0]?.bars ?? 0
}

/** Lets the revisions of moved bars follow them. */
export async function moveRevisions(db: Queryable, dataset: Dataset): Promise<void> {
  await db.query(`
    update bar_revisions r
    set symbol_id = p.new_symbol_id
    from identity_pieces p
    where p.new_symbol_id is not null and r.dataset = $1
      and r.symbol_id = p.old_symbol_id and r.date >= p.valid_from and r.date < p.valid_to`, [dataset.name])
}

/** Keeps the values of bars whose symbol names no security any more. Returns how many. */
export async function recordRemovedBars(db: Queryable, dataset: Dataset): Promise<number> {
  const { dateOf, ofRevision } = dataset.times
  const { rows } = await db.query<{ bars: number }>(`
    with removed as (
      insert into bar_revisions (dataset, date, time, symbol_id, cause, old_open, old_high, old_low, old_close, old_volume, old_transactions, old_load_id)
      select $1, ${dateOf('time')}, ${ofRevision('time')}, symbol_id, 'identity', open, high, low, close, volume, transactions, load_id
      from ${takenOut(dataset)}
      where new_symbol_id is null
      order by time, symbol_id
      returning 1
    )
    select count(*) as bars from removed`, [dataset.name])
  return rows[0]?.bars ?? 0
}

/** Notes the symbols of removed bars as unknown on their dates, as a load of the file would now. */
export async function addUnknownSymbols(db: Queryable, dataset: Dataset): Promise<void> {
  await db.query(`
    insert into unknown_symbols (dataset, date, symbol)
    select distinct d.dataset, d.date, b.symbol
    from ${takenOut(dataset)} b
    join days d on d.dataset = $1 and d.date = ${dataset.times.dateOf('b.time')}
    where b.new_symbol_id is null
    on conflict do nothing`, [dataset.name])
}

/** Turns rejected rows of symbols that name no security any more into unknown ones, as a load of the file would now. */
export async function forgetRejects(db: Queryable, dataset: Dataset): Promise<void> {
  await db.query(`
    with forgotten as (
      delete from rejected_rows r
      using identity_pieces p
      where p.new_symbol_id is null and r.dataset = $1 and r.reason = any($2::text[])
        and r.symbol = p.symbol and r.date >= p.valid_from and r.date < p.valid_to
      returning r.dataset, r.date, r.symbol
    ), counted as (
      update days d set rejects = d.rejects - f.rows
      from (select dataset, date, count(*) as rows from forgotten group by dataset, date) f
      where d.dataset = f.dataset and d.date = f.date
    )
    insert into unknown_symbols (dataset, date, symbol)
    select distinct dataset, date, symbol from forgotten
    on conflict do nothing`, [dataset.name, REASONS_OF_KNOWN_SECURITIES])
}

/** A date of which an identity change takes bars away or gives them to another security. */
export interface TouchedDate {
  date: IsoDate
  /** Bars the date has by its ledger. */
  bars: number
  moved: number
  dropped: number
  /** Securities whose bars move. */
  securities: number
}

/** The loaded date that loses, or else moves, the greatest share of its bars, among those from which more than a share (in percent) is dropped or, of several securities, moved. */
export async function worstDate(db: Queryable, dataset: Dataset, percent: number): Promise<(TouchedDate & { dates: number }) | undefined> {
  const { rows } = await db.query<TouchedDate & { dates: number }>(`
    with touched as (
      select ${dataset.times.dateOf('time')} as date, count(new_symbol_id) as moved, count(*) - count(new_symbol_id) as dropped,
             count(distinct symbol_id) filter (where new_symbol_id is not null) as securities
      from ${takenOut(dataset)}
      group by 1
    )
    select date, d.row_count as bars, t.moved, t.dropped, t.securities, count(*) over () as dates
    from touched t join days d using (date)
    where d.dataset = $1 and (t.dropped * 100 > $2::numeric * d.row_count or (t.securities > 1 and t.moved * 100 > $2::numeric * d.row_count))
    order by greatest(t.dropped, t.moved)::numeric / greatest(d.row_count, 1) desc, date
    limit 1`, [dataset.name, percent])
  return rows[0]
}

/** Brings along which securities have bars on the dates: those that bars went from have none, those that they came to have some. */
export async function adjustCoverage(db: Queryable, dataset: Dataset): Promise<void> {
  await db.query(`
    with moved as materialized (
      select distinct ${dataset.times.dateOf('time')} as date, symbol_id, new_symbol_id from ${takenOut(dataset)}
    ), touched as (
      select date, array_agg(symbol_id) as gone, array_agg(new_symbol_id) filter (where new_symbol_id is not null) as come from moved group by date
    )
    update coverage c
    set securities = ohlcv_mark_securities(ohlcv_mark_securities(c.securities, t.gone, false), t.come, true)
    from touched t
    where c.dataset = $1 and c.date = t.date`, [dataset.name])
}

/** Brings what days says along: the hashes of bars that went are subtracted, those of bars that came are added. Returns how many dates that concerns. */
export async function adjustDays(db: Queryable, dataset: Dataset): Promise<number> {
  const [before, after] = [barHash(dataset, 'b'), barHash(dataset, 'b', 'b.new_symbol_id')]
  const { rows } = await db.query<{ dates: number }>(`
    with hashed as (
      select ${dataset.times.dateOf('b.time')} as date, ${before} as old_hash, case when b.new_symbol_id is not null then ${after} end as new_hash
      from ${takenOut(dataset)} b
      offset 0
    ), touched as (
      select date, count(*) - count(new_hash) as dropped, coalesce(sum(new_hash), 0) - sum(old_hash) as hashes,
             coalesce(sum(hashint8extended(new_hash, 1)), 0) - sum(hashint8extended(old_hash, 1)) as rehashes
      from hashed
      group by date
    ), adjusted as (
      update days d
      set row_count = d.row_count - t.dropped, hash_sum = d.hash_sum + t.hashes, rehash_sum = d.rehash_sum + t.rehashes,
          largest = d.largest - t.dropped, dropped = d.dropped + t.dropped, stale = d.stale or t.dropped > 0
      from touched t
      where d.dataset = $1 and d.date = t.date
    )
    select count(*) as dates from touched`, [dataset.name])
  return rows[0]?.dates ?? 0
}
