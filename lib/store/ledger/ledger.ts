import type pg from 'pg'
import type { Dataset } from '../../datasets/dataset.js'
import { COUNT_NAMES, type Counts } from '../../domain/counts.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Reject } from '../../domain/reject.js'
import type { BarSums } from '../bars/sums.js'
import type { Queryable } from '../../postgres/database.js'

/** One committed day load, as it goes into `lineage`. */
export interface Lineage {
  dataset: string
  date: IsoDate
  runId: number
  provider: string
  objectKey: string
  sourceIdentity: string
  sizeBytes: number
  sha256: string
  pulledAt: Date
  counts: Counts
  rulesVersion: number
  identitySeq: number
  /** The symbols of an override; null when the load speaks for the whole date. */
  symbols: readonly string[] | null
}

const COUNT_COLUMNS = COUNT_NAMES.map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))

/** Appends a lineage row; returns its load_id. */
export async function appendLineage(client: pg.ClientBase, load: Lineage): Promise<number> {
  const values = [
    load.dataset, load.date, load.runId, load.provider, load.objectKey, load.sourceIdentity, load.sizeBytes, load.sha256, load.pulledAt,
    load.rulesVersion, load.identitySeq, load.symbols === null, load.symbols, ...COUNT_NAMES.map((name) => load.counts[name]),
  ]
  const { rows } = await client.query<{ load_id: number }>(
    `insert into lineage (
       dataset, date, run_id, provider, object_key, source_identity, size_bytes, sha256, pulled_at,
       rules_version, identity_seq, authoritative, symbols, ${COUNT_COLUMNS.join(', ')})
     values (${values.map((_, index) => `$${index + 1}`).join(', ')})
     returning load_id`,
    values,
  )
  return rows[0]!.load_id
}

/** What `days` says of a date. */
export interface Day extends BarSums {
  dataset: string
  date: IsoDate
  loadId: number
  /** How many rejected rows are kept. */
  rejects: number
  /** Whether shrinking is measured against this version from now on, whatever there was before. */
  isMeasure: boolean
}

/** Makes a load the one its date stands at, with the sums of the bars of its file. */
export async function setDay(client: pg.ClientBase, { dataset, date, loadId, rowCount, hashSum, rehashSum, rejects, isMeasure }: Day): Promise<void> {
  await client.query(
    `insert into days as d (dataset, date, load_id, row_count, hash_sum, rehash_sum, rejects, largest)
     values ($1, $2, $3, $4, $5, $6, $7, $4)
     on conflict (dataset, date) do update
        set load_id = excluded.load_id, row_count = excluded.row_count, hash_sum = excluded.hash_sum, rehash_sum = excluded.rehash_sum,
            rejects = excluded.rejects, largest = case when $8 then excluded.largest else greatest(d.largest, excluded.largest) end,
            dropped = 0, stale = false`,
    [dataset, date, loadId, rowCount, hashSum, rehashSum, rejects, isMeasure],
  )
}

/** Replaces the rejects of a date. */
export async function replaceRejects(client: pg.ClientBase, dataset: string, date: IsoDate, loadId: number, rejects: readonly Reject[]): Promise<void> {
  await client.query('delete from rejected_rows where dataset = $1 and date = $2', [dataset, date])
  if (rejects.length === 0) return
  await client.query(
    `insert into rejected_rows (dataset, date, load_id, line, reason, field, symbol, raw)
     select $1::text, $2::date, $3::bigint, * from unnest($4::bigint[], $5::text[], $6::text[], $7::text[], $8::bytea[])`,
    [
      dataset, date, loadId,
      rejects.map(({ line }) => line),
      rejects.map(({ reason }) => reason),
      rejects.map(({ field }) => field),
      rejects.map(({ symbol }) => symbol),
      rejects.map(({ raw }) => raw),
    ],
  )
}

/** Replaces the unknown symbols of a date. */
export async function replaceUnknownSymbols(client: pg.ClientBase, dataset: string, date: IsoDate, symbols: Iterable<string>): Promise<void> {
  await client.query(
    `with found as (
       select symbol from unnest($3::text[]) as u (symbol)
     ), gone as (
       delete from unknown_symbols u
        where dataset = $1::text and date = $2::date and not exists (select from found where found.symbol = u.symbol)
     )
     insert into unknown_symbols (dataset, date, symbol)
     select $1::text, $2::date, symbol from found
     on conflict do nothing`,
    [dataset, date, [...symbols]],
  )
}

/** Where a date stands. */
export interface LoadedDay extends BarSums {
  date: IsoDate
  loadId: number
  sourceIdentity: string
  /** SHA-256 of the file's bytes as they came. */
  sha256: string
  rulesVersion: number
  /** Most bars of a version of the date, as far as shrinking is measured against it. */
  largest: number
  /** Rows of the file, and those of them whose symbol named no security. */
  read: number
  unknown: number
  /** Bars taken away since, because their symbol names no security any more. */
  dropped: number
  /** Whether symbols have changed so that the file gives other bars now. */
  stale: boolean
}

const LOADED_DAY = `d.date, d.load_id as "loadId", l.source_identity as "sourceIdentity", l.rules_version as "rulesVersion",
            l.sha256, d.row_count as "rowCount", d.hash_sum::text as "hashSum", d.rehash_sum::text as "rehashSum", d.largest, l.read, l.unknown,
            d.dropped, d.stale`

/** Where the loaded dates of a range stand. */
export async function loadedDays(db: Queryable, dataset: string, { start, end }: DateRange): Promise<Map<IsoDate, LoadedDay>> {
  const { rows } = await db.query<LoadedDay>(
    `select ${LOADED_DAY}
       from days d
       join lineage l using (load_id)
      where d.dataset = $1 and d.date between $2 and $3
      order by d.date`,
    [dataset, start, end],
  )
  return new Map(rows.map((day) => [day.date, day]))
}

/** Where one date stands; undefined when it was never loaded. */
export async function loadedDay(db: Queryable, dataset: string, date: IsoDate): Promise<LoadedDay | undefined> {
  return (await loadedDays(db, dataset, { start: date, end: date })).get(date)
}

/** Those of the dates that still stand at the load given and whose stored bars add up to those of their file. */
export async function datesAsLoaded(db: Queryable, { name, table }: Dataset, days: readonly Pick<LoadedDay, 'date' | 'loadId'>[]): Promise<Set<IsoDate>> {
  const { rows } = await db.query<{ date: IsoDate }>(
    // Materialized, or else the planner may look at the bars of all dates in the ledger before it joins with those wanted.
    `with standing as materialized (
       select d.date, d.row_count, d.hash_sum, d.rehash_sum
         from unnest($2::date[], $3::bigint[]) as wanted (date, load_id)
         join days d on d.dataset = $1 and d.date = wanted.date and d.load_id = wanted.load_id and not d.stale
     )
     select standing.date
       from standing
      cross join lateral ${table}_checksum(standing.date) as now
      where (standing.row_count, standing.hash_sum, standing.rehash_sum) = (now.row_count, now.hash_sum, now.rehash_sum)`,
    [name, days.map(({ date }) => date), days.map(({ loadId }) => loadId)],
  )
  return new Set(rows.map(({ date }) => date))
}

/** Whether a load was committed. To be asked while holding the date's lock: then its transaction has ended. */
export async function isCommitted(client: pg.ClientBase, loadId: number): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>('select exists (select from lineage where load_id = $1) as there', [loadId])
  return rows[0]!.there
}
