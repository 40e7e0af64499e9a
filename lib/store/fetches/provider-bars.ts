import type pg from 'pg'
import type { Timespan } from '../../datasets/timespan.js'
import type { Basis } from '../../domain/basis.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'
import { VALUES } from './columns.js'
import type { FetchedCounts } from './fetched-counts.js'
import type { Extent } from './replay.js'

// The bars of dates that each provider gave, beside each other: all of them, on each basis on which they are known, whether or not they go to the table of
// their timespan too. Of the answers of a provider the latest that has a bar gives it.

/** Whose bars: of a timespan, by a provider. */
export interface Beside {
  timespan: Timespan
  provider: string
}

const VALUES_AND_MARK = [...VALUES, 'partial']
const row = (alias: string): string => `(${VALUES_AND_MARK.map((name) => `${alias}.${name}`).join(', ')})`

/** Each staged bar that counts. A request has none of a bar twice: of one alone all count. */
function staged(requests: number): string {
  const columns = `request, symbol_id, time::date as time, basis, ${VALUES_AND_MARK.join(', ')}`
  if (requests === 1) return `select ${columns} from pg_temp.fetched`
  return `select distinct on (symbol_id, time, basis) ${columns} from pg_temp.fetched order by symbol_id, time, basis, request desc`
}

/** Which bars beside have a staged one in their place, or lie between such; parameter 1: the provider. */
const amongStaged = ({ name }: Timespan): string => `
  symbol_id = any (array(select distinct symbol_id from pg_temp.fetched)) and timespan = '${name}' and provider = $1
  and time between (select min(time)::date from pg_temp.fetched) and (select max(time)::date from pg_temp.fetched)`

/** Each staged bar that counts, held against the one beside; parameter 1: the provider. Nobody else merges bars of the timespan meanwhile. */
function judged(timespan: Timespan, requests: number): string {
  return `
    with staged as materialized (${staged(requests)}
    ), stored as materialized (
      select * from provider_bars where ${amongStaged(timespan)}
    ), judged as materialized (
      select s.*, o.symbol_id is not null as there, o.fetch_id as stands_on, ${row('o')} is distinct from ${row('s')} as differs
      from staged s
      left join stored o on o.symbol_id = s.symbol_id and o.time = s.time and o.basis = s.basis
    )`
}

/** What would become of the staged bars on the basis on which they were given, by request; writes nothing. */
export async function compareBeside(client: pg.ClientBase, { timespan, provider, basis }: Beside & { basis: Basis }): Promise<Map<number, FetchedCounts>> {
  const { rows } = await client.query<FetchedCounts & { request: number }>(
    `${judged(timespan, Infinity)}
     select request, count(*) filter (where not there) as inserted, count(*) filter (where there and differs) as updated,
            count(*) filter (where there and not differs) as unchanged, 0 as "heldBack"
       from judged
      where basis = $2
      group by request`, [provider, basis])
  return new Map(rows.map(({ request, ...counts }) => [request, counts]))
}

/** Whether no bar of the provider is there where bars are staged: nobody else merges bars of the timespan, so that it stays like that. */
async function isFree(client: pg.ClientBase, { timespan, provider }: Beside): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(`select exists (select from provider_bars where ${amongStaged(timespan)}) as taken`, [provider])
  return !rows[0]!.taken
}

/**
 * Holds the staged bars beside those of other providers, each with the fetch of its request; one that a later fetch gave stays. Returns how many it writes. Where
 * none stands yet they are neither compared nor, which costs as much as the row, written so as to meet another.
 */
export async function storeBeside(client: pg.ClientBase, { timespan, provider }: Beside, fetchIds: readonly number[]): Promise<number> {
  if (!timespan.ofDates) return 0
  const columns = [...VALUES_AND_MARK, 'fetch_id']
  const insert = `
    insert into provider_bars (symbol_id, timespan, time, provider, basis, ${columns.join(', ')})
    select symbol_id, '${timespan.name}', time, $1, basis, ${columns.join(', ')}`
  const given = (from: string): string => `(select *, ($2::bigint[])[request + 1] as fetch_id from ${from}) given`
  const { rowCount } = await client.query((await isFree(client, { timespan, provider })) ? `${insert} from ${given(`(${staged(fetchIds.length)}) staged`)}` : `
    ${judged(timespan, fetchIds.length)} ${insert} from ${given('judged')}
      where not there or (differs and stands_on <= fetch_id)
      order by symbol_id, time, basis
     on conflict (symbol_id, timespan, time, provider, basis) do update
        set ${columns.map((name) => `${name} = excluded.${name}`).join(', ')}`, [provider, fetchIds])
  return rowCount!
}

/** The bars beside of these dates and securities; parameters 1 to 4. Without their keys they would be looked for in the whole table, since those of a date lie far apart. */
function storedIn({ name }: Timespan): string {
  return `
    stored as materialized (
      select ctid, symbol_id, time, basis, fetch_id from provider_bars
      where symbol_id = any (coalesce($4::integer[], array(select symbol_id from tickers))) and timespan = '${name}' and provider = $1 and time between $2::date and $3::date
    )`
}

const values = ({ provider, first, last, symbolIds }: Extent): unknown[] => [provider, first, last, symbolIds]

/**
 * Takes out the bars of the extent that stand on a fetch which was withdrawn, or on none that there is, and those of a fetch that was read again whose answer does
 * not give them; returns how many.
 * @param fetchIds by request
 * @param readAgain which of them have been read
 */
export async function takeOutBeside(client: pg.ClientBase, extent: Extent, fetchIds: readonly number[], readAgain: readonly number[]): Promise<number> {
  const { rowCount } = await client.query(`
    with ${storedIn(extent.timespan)}, given as materialized (
      select symbol_id, time::date as time, basis, ($5::bigint[])[request + 1] as fetch_id from pg_temp.fetched
    ), counting as materialized (
      select fetch_id from fetches where fetch_id = any (array(select distinct fetch_id from stored)) and withdrawn_at is null
    )
    delete from provider_bars where ctid = any (array(
      select s.ctid from stored s
      where s.fetch_id not in (select fetch_id from counting)
         or (s.fetch_id = any ($6::bigint[])
             and not exists (select from given g where g.symbol_id = s.symbol_id and g.time = s.time and g.basis = s.basis and g.fetch_id = s.fetch_id))))`,
  [...values(extent), fetchIds, readAgain])
  return rowCount!
}

/** How many bars of the extent, on a basis, stand on these fetches. */
export async function standingBeside(client: pg.ClientBase, extent: Extent, basis: Basis, fetchIds: readonly number[]): Promise<number> {
  const { rows } = await client.query<{ bars: number }>(`
    with ${storedIn(extent.timespan)} select count(*) as bars from stored where basis = $5 and fetch_id = any ($6::bigint[])`, [...values(extent), basis, fetchIds])
  return rows[0]!.bars
}

/** How many bars beside are of dates before this one. */
export async function countBesideBefore(db: Queryable, date: IsoDate): Promise<number> {
  const { rows } = await db.query<{ bars: number }>('select count(*) as bars from provider_bars where time < $1', [date])
  return rows[0]!.bars
}

/** Holds bars beside of dates before this one no longer; returns how many there were. */
export async function removeBesideBefore(db: Queryable, date: IsoDate): Promise<number> {
  const { rowCount } = await db.query('delete from provider_bars where time < $1', [date])
  return rowCount!
}
