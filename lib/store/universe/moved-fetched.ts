import type { Timespan } from '../../datasets/timespan.js'
import { TIMESPANS } from '../../datasets/timespans.js'
import type { Queryable } from '../../postgres/database.js'
import { columnsOf } from '../fetches/columns.js'

// Statements that give fetched bars, fills among them, the security that the symbol of their request names now. A bar goes where its
// symbol goes on its date, or on the first date that its request asked for, if its week or month began before that.

/** The temporary table of fetched bars taken out of a timespan's table. */
const takenOut = ({ table }: Timespan): string => `identity_fetched_${table}`

/** The timespans of which there are fetched bars. */
export async function fetchedTimespans(db: Queryable): Promise<Timespan[]> {
  const { rows } = await db.query<{ name: string }>(`
    select name from unnest($1::text[]) name where exists (select 1 from fetches f where f.timespan = name)`, [TIMESPANS.map(({ name }) => name)])
  const names = new Set(rows.map(({ name }) => name))
  return TIMESPANS.filter(({ name }) => names.has(name))
}

/** Takes the fetched bars of all pieces out of their table. As for those of files, the securities are named: `oldIds`, or null where they are too many. */
export async function takeOutFetched(db: Queryable, timespan: Timespan, oldIds: readonly number[] | null): Promise<void> {
  const { table, fills, times } = timespan
  const date = `greatest(${times.dateOf('b.time')}, a.start_date)`
  await db.query(`create temp table ${takenOut(timespan)} on commit drop as select b.*, null::integer as new_symbol_id from ${table} b with no data`)
  await db.query(`
    with pieces as materialized (
      select * from identity_pieces
    ), asked as materialized (
      select fetch_id, symbol, start_date from fetches where symbol is null or symbol in (select symbol from identity_pieces)
    ), taken as (
      delete from ${table} b
      using pieces p, asked a
      where ($1::integer[] is null or b.symbol_id = any ($1)) and b.symbol_id = p.old_symbol_id${fills === null ? '' : ' and b.filled_by is not null'}
        and a.fetch_id = b.fetch_id and (a.symbol is null or a.symbol = p.symbol) and ${date} >= p.valid_from and ${date} < p.valid_to
      returning b.*, p.new_symbol_id
    )
    insert into ${takenOut(timespan)} select * from taken`, [oldIds])
}

/** What became of the fetched bars that were taken out. */
export interface MovedFetched {
  moved: number
  /** Bars whose symbol names no security any more. Their answers are kept. */
  removed: number
}

/**
 * Puts the fetched bars back under the securities their symbols name now. Where one finds a bar in its place, a file's bar wins, and
 * of two fetched ones that of the later request. The values of fills that are not put back are kept.
 */
export async function putBackFetched(db: Queryable, timespan: Timespan): Promise<MovedFetched> {
  const { table, fills, times } = timespan
  const columns = columnsOf(timespan)
  await db.query(`
    with moved as materialized (
      select distinct on (new_symbol_id, time) * from ${takenOut(timespan)} where new_symbol_id is not null order by new_symbol_id, time, fetch_id desc
    )
    insert into ${table} as o (symbol_id, time, ${columns.join(', ')})
    select new_symbol_id, time, ${columns.join(', ')} from moved order by new_symbol_id, time
    on conflict (symbol_id, time) do update
      set ${columns.map((name) => `${name} = excluded.${name}`).join(', ')}
      where o.fetch_id < excluded.fetch_id`)
  if (fills !== null) {
    await db.query(`
      insert into bar_revisions (dataset, date, time, symbol_id, cause, old_open, old_high, old_low, old_close, old_volume, old_transactions, old_filled_by)
      select $1, ${times.dateOf('time')}, ${times.ofRevision('time')}, symbol_id, 'identity', open, high, low, close, volume, transactions, filled_by
      from ${takenOut(timespan)}
      where new_symbol_id is null
      order by time, symbol_id`, [fills.name])
  }
  const { rows } = await db.query<MovedFetched>(`
    select count(new_symbol_id) as moved, count(*) - count(new_symbol_id) as removed from ${takenOut(timespan)}`)
  return rows[0]!
}
