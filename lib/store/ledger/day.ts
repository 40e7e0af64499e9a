import type { Dataset } from '../../datasets/dataset.js'
import type { IsoDate } from '../../domain/dates.js'
import type { Outcome } from '../../domain/outcome.js'
import type { Queryable } from '../../postgres/database.js'

/** The load a date stands at. */
export interface DayLineage {
  loadId: number
  runId: number
  provider: string
  objectKey: string
  sourceIdentity: string
  sizeBytes: number
  sha256: string
  pulledAt: Date
  committedAt: Date
  rulesVersion: number
  rowCount: number
  checksum: string
  /** What became of the file's rows. */
  counts: Record<'read' | 'staged' | 'inserted' | 'updated' | 'unchanged' | 'removed' | 'rejected' | 'unknown' | 'not_selected' | 'duplicates', number>
}

/** The load a date stands at; undefined when it is not loaded. */
export async function dayLineage(db: Queryable, dataset: string, date: IsoDate): Promise<DayLineage | undefined> {
  const { rows } = await db.query<DayLineage>(`
    select l.load_id as "loadId", l.run_id as "runId", l.provider, l.object_key as "objectKey", l.source_identity as "sourceIdentity",
           l.size_bytes as "sizeBytes", l.sha256, l.pulled_at as "pulledAt", l.committed_at as "committedAt", l.rules_version as "rulesVersion",
           d.row_count as "rowCount", d.checksum,
           jsonb_build_object('read', read, 'staged', staged, 'inserted', inserted, 'updated', updated, 'unchanged', unchanged, 'removed', removed,
             'rejected', rejected, 'unknown', unknown, 'not_selected', not_selected, 'duplicates', duplicates) as counts
    from days d join lineage l using (load_id)
    where d.dataset = $1 and d.date = $2`, [dataset, date])
  return rows[0]
}

/** One attempt at a date. */
export interface DayAttempt {
  runId: number
  outcome: Outcome
  code: string | null
  message: string | null
  loadId: number | null
  startedAt: Date
  finishedAt: Date
}

/** The latest attempts at a date, the newest first. */
export async function dayAttempts(db: Queryable, dataset: string, date: IsoDate, limit: number): Promise<DayAttempt[]> {
  const { rows } = await db.query<DayAttempt>(`
    select run_id as "runId", outcome, code, message, load_id as "loadId", started_at as "startedAt", finished_at as "finishedAt"
    from attempts
    where dataset = $1 and date = $2
    order by attempt_id desc
    limit $3`, [dataset, date, limit])
  return rows
}

/** Symbols that have a bar on one of two dates only. */
export interface SymbolChanges {
  /** On the earlier date only, the most traded (close times volume) first. */
  missing: string[]
  /** On the later date only, likewise. */
  added: string[]
}

/** Which symbols stopped or began to have bars between two dates; each by what it was called then. */
export async function symbolChanges(db: Queryable, dataset: Dataset, earlier: IsoDate, later: IsoDate): Promise<SymbolChanges> {
  const tradedOn = (date: string): string =>
    `select symbol_id, sum(close * volume) as traded from ${dataset.table} where ${dataset.times.within('time', date, date)} group by symbol_id`
  const { rows } = await db.query<{ missing: boolean; symbol: string }>(`
    with before as materialized (
      ${tradedOn('$1::date')}
    ), now as materialized (
      ${tradedOn('$2::date')}
    )
    select now.symbol_id is null as missing, coalesce(s.symbol, '#' || coalesce(now.symbol_id, before.symbol_id)) as symbol
    from before
    full join now using (symbol_id)
    left join ticker_symbols s on s.symbol_id = coalesce(now.symbol_id, before.symbol_id)
      and s.valid @> case when now.symbol_id is null then $1::date else $2::date end
    where now.symbol_id is null or before.symbol_id is null
    order by coalesce(now.traded, before.traded) desc, symbol`, [earlier, later])
  return { missing: rows.filter((row) => row.missing).map(({ symbol }) => symbol), added: rows.filter((row) => !row.missing).map(({ symbol }) => symbol) }
}

/** A symbol of a date's file that named no security when it was loaded. */
export interface UnknownSymbol {
  symbol: string
  /** Whether it names one on that date by now. */
  knownNow: boolean
}

/** The symbols of a date's file that named no security when it was loaded. */
export async function unknownSymbols(db: Queryable, dataset: string, date: IsoDate): Promise<UnknownSymbol[]> {
  const { rows } = await db.query<UnknownSymbol>(`
    select u.symbol, exists (select from ticker_symbols s where s.symbol = u.symbol and s.valid @> u.date) as "knownNow"
    from unknown_symbols u
    where u.dataset = $1 and u.date = $2
    order by u.symbol`, [dataset, date])
  return rows
}
