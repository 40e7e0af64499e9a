import type { TimespanName } from '../../datasets/timespan.js'
import type { Queryable } from '../../postgres/database.js'
import type { Fetch, FetchCounts, FetchStatus } from './fetches.js'

/** Which fetches: null means any. */
export interface FetchFilter {
  job: string | null
  provider: string | null
  /** As it was asked for; grouped answers have none. */
  symbol: string | null
  timespan: TimespanName | null
  status: FetchStatus | null
}

/** A request with its pages, as it is kept. */
export interface ListedFetch extends Omit<Fetch, 'counts'>, FetchCounts {
  fetchId: number
  /** When its bars were taken back. */
  withdrawnAt: Date | null
  /** When its bodies were given up. */
  prunedAt: Date | null
}

const COLUMNS = `
  fetch_id as "fetchId", job_id as "jobId", provider, form, symbol, symbol_id as "symbolId", timespan, start_date as start, end_date as "end", status, code, message,
  tries, bars, inserted, updated, unchanged, held_back as "heldBack", rejected, unknown, duplicates, pages, raw_hash as "rawHash", bars_hash as "barsHash", bytes,
  rules_version as "rulesVersion", identity_seq as "identitySeq", pulled_at as "pulledAt", duration_ms as "durationMs", withdrawn_at as "withdrawnAt", pruned_at as "prunedAt"`

const MATCHES = `
  ($1::text is null or job_id = $1) and ($2::text is null or provider = $2) and ($3::text is null or symbol = $3)
  and ($4::text is null or timespan = $4) and ($5::text is null or status = $5)`

function values({ job, provider, symbol, timespan, status }: FetchFilter): (string | null)[] {
  return [job, provider, symbol, timespan, status]
}

/** The latest fetches, the newest first. */
export async function latestFetches(db: Queryable, filter: FetchFilter, limit: number): Promise<ListedFetch[]> {
  const { rows } = await db.query<ListedFetch>(`select ${COLUMNS} from fetches where ${MATCHES} order by fetch_id desc limit $6`, [...values(filter), limit])
  return rows
}

/** The fetch of that number. */
export async function fetchOf(db: Queryable, fetchId: number): Promise<ListedFetch | undefined> {
  const { rows } = await db.query<ListedFetch>(`select ${COLUMNS} from fetches where fetch_id = $1`, [fetchId])
  return rows[0]
}

/** How many fetches ended so, and what they brought. */
export interface FetchCount {
  status: FetchStatus
  fetches: number
  bars: number
  bytes: number
}

/** Fetches by how they ended, the most frequent first. */
export async function fetchCounts(db: Queryable, filter: FetchFilter): Promise<FetchCount[]> {
  const { rows } = await db.query<FetchCount>(`
    select status, count(*) as fetches, sum(bars) as bars, sum(bytes)::bigint as bytes
    from fetches
    where ${MATCHES}
    group by status
    order by fetches desc, status`, values(filter))
  return rows
}
