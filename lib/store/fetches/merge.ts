import type pg from 'pg'
import type { Timespan } from '../../datasets/timespan.js'
import type { Basis } from '../../domain/basis.js'
import { lockFetched, lockFills } from '../../postgres/locks.js'
import { lastIdentityChange } from '../universe/changes.js'
import { marksOf, VALUES } from './columns.js'
import { NO_FETCHED_COUNTS, type FetchedCounts } from './fetched-counts.js'
import { compareBeside, storeBeside } from './provider-bars.js'

/** What decides how the staged bars of a unit are merged. */
export interface FetchedScope {
  timespan: Timespan
  provider: string
  /** Every provider, the one that is trusted most first. */
  authority: readonly string[]
  /** Whether unadjusted bars of it go to the timespan's table; else they are only held beside. */
  stores: boolean
  /** What the prices that it gives are adjusted for. */
  basis: Basis
}

/**
 * Keeps identity changes out until the transaction ends, and everybody else who merges fetched bars of the timespan or files of the dataset that they fill: so
 * of two answers of a provider that one counts whose fetch has the higher number. Returns the last identity change.
 */
export async function lockForFetched(client: pg.ClientBase, { timespan }: FetchedScope): Promise<number> {
  if (timespan.fills === null) await lockFetched(client, timespan)
  else await lockFills(client, timespan.fills)
  return lastIdentityChange(client)
}

/** So many securities are named to the server; the bars of more are looked for by their time alone. */
const NAMED = 100

/** Where the staged bars lie: constants for the planner, which then looks at no other partition. */
interface StagedExtent {
  parameters: readonly unknown[]
  /** Whether some are adjusted. */
  adjusted: boolean
}

/** Null where nothing is staged. */
async function extentOf(client: pg.ClientBase): Promise<StagedExtent | null> {
  const { rows } = await client.query<{ first: string | null; last: string | null; adjusted: boolean; ids: number[] }>(`
    select min(time)::text as first, max(time)::text as last, bool_or(basis <> 'none') as adjusted, array(select distinct symbol_id from pg_temp.fetched limit ${NAMED + 1}) as ids
    from pg_temp.fetched`)
  const { first, last, adjusted, ids } = rows[0]!
  return first === null ? null : { parameters: [first, last, ids.length > NAMED ? null : ids], adjusted }
}

/** Which bars may not be stored, and what that depends on. */
interface Held {
  held: string
  parameters: readonly unknown[]
}

/** Parameters follow the three of the extent. */
function heldBack({ timespan: { fills, ofDates, times }, provider, authority }: FetchedScope): Held {
  if (fills === null) return { held: 'false', parameters: [] }
  const type = ofDates ? 'date' : 'timestamptz'
  return {
    held: `
      s.partial or (o.symbol_id is not null and o.filled_by is null)
      or coalesce(array_position($5::text[], o.filled_by) < array_position($5::text[], s.filled_by), false)
      or ${times.dateOf('s.time')} in (select date from days where dataset = $6 and date between ${times.dateOf(`$1::${type}`)} and ${times.dateOf(`$2::${type}`)})`,
    parameters: [provider, authority, fills.name],
  }
}

/** Each staged bar that counts of those that may go to the table. @param provider of fills, as SQL */
function counting({ ofDates, fills }: Timespan, provider: string): string {
  return `
      select distinct on (f.symbol_id, f.time) f.request, f.symbol_id, f.time::${ofDates ? 'date' : 'timestamptz'} as time, ${VALUES.map((name) => `f.${name}`).join(', ')},
             f.regular, f.partial${fills === null ? '' : `, ${provider}::text as filled_by`}
      from pg_temp.fetched f
      where f.basis = 'none'
      order by f.symbol_id, f.time, f.request desc`
}

/** Each staged bar that counts, held against what is stored. The table of bars meets nothing but common table expressions, as Citus wants it. */
function judged({ timespan }: FetchedScope, { held }: Held): string {
  const { table, ofDates } = timespan
  const type = ofDates ? 'date' : 'timestamptz'
  const compared = [...VALUES, ...marksOf(timespan)]
  const row = (alias: string): string => `(${compared.map((name) => `${alias}.${name}`).join(', ')})`
  return `
    with staged as materialized (${counting(timespan, '$4')}
    ), stored as materialized (
      select * from ${table} o where o.time between $1::${type} and $2::${type} and ($3::integer[] is null or o.symbol_id = any ($3))
    ), judged as materialized (
      select s.*, o.symbol_id is not null as there, ${row('o')} is distinct from ${row('s')} as differs, ${held} as held
      from staged s
      left join stored o on o.symbol_id = s.symbol_id and o.time = s.time
    )`
}

/** Bars that are not known unadjusted, by request. */
async function adjustedOnly(client: pg.ClientBase): Promise<{ request: number; bars: number }[]> {
  const { rows } = await client.query<{ request: number; bars: number }>(`
    select request, count(*) as bars
    from (select distinct on (symbol_id, time) request, symbol_id, time from pg_temp.fetched where basis <> 'none' order by symbol_id, time, request desc) given
    where not exists (select from pg_temp.fetched f where f.basis = 'none' and f.request = given.request and f.symbol_id = given.symbol_id and f.time = given.time)
    group by request`)
  return rows
}

/** Compares the staged bars of a unit with the stored ones, writing nothing; returns what would become of them, by request. */
export async function compareFetched(client: pg.ClientBase, scope: FetchedScope): Promise<Map<number, FetchedCounts>> {
  if (!scope.stores) return compareBeside(client, scope)
  const extent = await extentOf(client)
  if (extent === null) return new Map()
  const held = heldBack(scope)
  const { rows } = await client.query<FetchedCounts & { request: number }>(
    `${judged(scope, held)}
     select request,
            count(*) filter (where not held and not there) as inserted,
            count(*) filter (where not held and there and differs) as updated,
            count(*) filter (where not held and there and not differs) as unchanged,
            count(*) filter (where held) as "heldBack"
       from judged
      group by request`,
    [...extent.parameters, ...held.parameters],
  )
  const counts = new Map(rows.map(({ request, ...counts }) => [request, counts]))
  for (const { request, bars } of extent.adjusted ? await adjustedOnly(client) : []) {
    const found = counts.get(request) ?? NO_FETCHED_COUNTS
    counts.set(request, { ...found, heldBack: found.heldBack + bars })
  }
  return counts
}

/** What a merge writes into each column beside the key. @param fetchId of a staged bar, as SQL */
function written(timespan: Timespan, fetchId: string): Record<string, string> {
  const given = Object.fromEntries([...VALUES, ...marksOf(timespan)].map((name) => [name, name]))
  return { ...given, fetch_id: fetchId, ...(timespan.fills !== null && { load_id: '0' }) }
}

/** Stores all staged bars of a unit, of which none is there and none is held back: nobody else merges fills, so that it stays like that. */
async function insertAll(client: pg.ClientBase, { timespan, provider }: FetchedScope, fetchIds: readonly number[]): Promise<void> {
  const columns = written(timespan, '($2::bigint[])[request + 1]')
  await client.query(
    `insert into ${timespan.table} (symbol_id, time, ${Object.keys(columns).join(', ')})
     select symbol_id, time, ${Object.values(columns).join(', ')} from (${counting(timespan, '$1')}) staged`,
    [provider, fetchIds],
  )
}

/**
 * Stores the staged bars of a unit that may be in the timespan's table and that differ from what is stored there, each with the fetch of its request.
 * @param compared what {@link compareFetched} found, in all
 */
export async function storeFetched(client: pg.ClientBase, scope: FetchedScope, fetchIds: readonly number[], compared: FetchedCounts): Promise<void> {
  const { timespan } = scope
  const { inserted, updated, unchanged, heldBack: kept } = compared
  if (!scope.stores || inserted + updated === 0) return
  if (timespan.fills !== null && updated + unchanged + kept === 0) return insertAll(client, scope, fetchIds)
  const extent = await extentOf(client)
  if (extent === null) return
  const held = heldBack(scope)
  const parameters = [...extent.parameters, ...held.parameters, fetchIds]
  const columns = written(timespan, `($${parameters.length}::bigint[])[request + 1]`)
  await client.query(
    `${judged(scope, held)}
     insert into ${timespan.table} (symbol_id, time, ${Object.keys(columns).join(', ')})
     select symbol_id, time, ${Object.values(columns).join(', ')}
       from judged
      where not held and (not there or differs)
      order by symbol_id, time
     on conflict (symbol_id, time) do update
        set ${Object.keys(columns).map((name) => `${name} = excluded.${name}`).join(', ')}`,
    parameters,
  )
}

/** Stores what {@link storeFetched} does, and the bars that are held beside. */
export async function applyFetched(client: pg.ClientBase, scope: FetchedScope, fetchIds: readonly number[], compared: FetchedCounts): Promise<void> {
  await storeFetched(client, scope, fetchIds, compared)
  await storeBeside(client, scope, fetchIds)
}
