import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { timespanNamed } from '../../lib/datasets/timespans.js'
import type { TimespanName } from '../../lib/datasets/timespan.js'
import type { FetchedCounts } from '../../lib/store/fetches/fetched-counts.js'
import { applyFetched, compareFetched, lockForFetched, type FetchedScope } from '../../lib/store/fetches/merge.js'
import { beginFetched, copyFetched } from '../../lib/store/fetches/staging.js'

/** Who gives bars in tests, the one trusted most first. */
export const AUTHORITY = ['massive', 'other', 'third']

/** One request of a unit: what it asked for, and the bars it gave as `symbol_id,time,price[,volume[,marks]]`; marks: `x` extended hours, `p` partial. */
export interface FetchedRequest {
  /** null: every symbol. */
  symbol: string | null
  start: string
  end?: string
  bars: readonly string[]
}

export interface FetchedUnit {
  timespan?: TimespanName
  provider?: string
  requests: readonly FetchedRequest[]
  /** Called with the transaction open and everything written. */
  beforeCommit?: () => Promise<void>
}

/** A line of COPY; every price of the bar is the same. */
function line(request: number, bar: string): string {
  const [symbolId, time, price, volume = '100', marks = ''] = bar.split(',')
  return `${[request, symbolId, time, price, price, price, price, volume, 1, !marks.includes('x'), marks.includes('p'), 'none'].join('\t')}\n`
}

/** Stages the bars of a unit, and has something done with them in that transaction, which is rolled back unless it says otherwise. */
export async function withFetched<T>(pool: pg.Pool, unit: FetchedUnit, use: (client: pg.PoolClient, scope: FetchedScope) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await beginFetched(client)
    await pipeline(Readable.from(unit.requests.flatMap(({ bars }, request) => bars.map((bar) => line(request, bar)))), copyFetched(client))
    return await use(client, { timespan: timespanNamed(unit.timespan ?? 'day'), provider: unit.provider ?? 'massive', authority: AUTHORITY, stores: true, basis: 'none' })
  } finally {
    await client.query('rollback').catch(() => undefined)
    client.release()
  }
}

/** Stores the bars of a unit as a fetch does, a row of `fetches` each request; returns the ids of these and what became of their bars. */
export async function storeFetched(pool: pg.Pool, unit: FetchedUnit): Promise<{ fetchIds: number[]; counts: FetchedCounts[] }> {
  return withFetched(pool, unit, async (client, scope) => {
    await client.query(`insert into jobs (job_id, kind, request) values ('test', 'fetch', '{}') on conflict do nothing`)
    const identitySeq = await lockForFetched(client, scope)
    const compared = await compareFetched(client, scope)
    const counts = unit.requests.map((_, request) => compared.get(request) ?? { inserted: 0, updated: 0, unchanged: 0, heldBack: 0 })
    const { rows } = await client.query<{ id: number }>(`
      insert into fetches (job_id, provider, symbol, timespan, start_date, end_date, status, tries, bars, inserted, updated, unchanged, held_back, rules_version, identity_seq, pulled_at, duration_ms)
      select 'test', $1, symbol, $2, starts, ends, 'stored', 1, inserted + updated + unchanged + held, inserted, updated, unchanged, held, 1, $3, now(), 1
      from unnest($4::text[], $5::date[], $6::date[], $7::integer[], $8::integer[], $9::integer[], $10::integer[]) r (symbol, starts, ends, inserted, updated, unchanged, held)
      returning fetch_id as id`,
    [
      scope.provider, scope.timespan.name, identitySeq, unit.requests.map(({ symbol }) => symbol), unit.requests.map(({ start }) => start), unit.requests.map(({ start, end }) => end ?? start),
      counts.map(({ inserted }) => inserted), counts.map(({ updated }) => updated), counts.map(({ unchanged }) => unchanged), counts.map(({ heldBack }) => heldBack),
    ])
    const fetchIds = rows.map(({ id }) => id)
    const sum = (name: keyof FetchedCounts): number => counts.reduce((total, of) => total + of[name], 0)
    await applyFetched(client, scope, fetchIds, { inserted: sum('inserted'), updated: sum('updated'), unchanged: sum('unchanged'), heldBack: sum('heldBack') })
    await unit.beforeCommit?.()
    await client.query('commit')
    return { fetchIds, counts }
  })
}
