import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** Which revisions: those after one of them, or where there is nothing to count from, those of dates. */
export type RevisionsSince = { after: number } | DateRange

/** Revisions of a dataset by cause. */
export interface RevisedCount {
  dataset: string
  cause: string
  dates: number
  added: number
  changed: number
  removed: number
}

/** A bar whose close was changed. */
export interface RevisedClose {
  dataset: string
  date: IsoDate
  symbol: string | null
  cause: string
  oldClose: string
  newClose: string
  /** How far apart they are, to four decimals. */
  percent: string | null
}

const WHICH = '($1::bigint is null or revision_id > $1) and ($2::date is null or date between $2 and $3)'

function values(since: RevisionsSince): unknown[] {
  return 'after' in since ? [since.after, null, null] : [null, since.start, since.end]
}

/** The latest revision of all, 0 where there is none. */
export async function lastRevision(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ last: number }>('select coalesce(max(revision_id), 0) as last from bar_revisions')
  return rows[0]!.last
}

/** How many bars were revised. */
export async function revisedCounts(db: Queryable, since: RevisionsSince): Promise<RevisedCount[]> {
  const { rows } = await db.query<RevisedCount>(`
    select dataset, cause, count(distinct date) as dates, count(*) filter (where old_close is null) as added,
           count(*) filter (where old_close is not null and new_close is not null) as changed, count(*) filter (where new_close is null) as removed
    from bar_revisions
    where ${WHICH}
    group by dataset, cause
    order by dataset, cause`, values(since))
  return rows
}

/** The closes that moved most, these first. */
export async function revisedCloses(db: Queryable, since: RevisionsSince, limit: number): Promise<RevisedClose[]> {
  const { rows } = await db.query<RevisedClose>(`
    with moved as (
      select revision_id, dataset, date, symbol_id, cause, old_close, new_close, abs(new_close - old_close) / nullif(old_close, 0) as off
      from bar_revisions
      where ${WHICH} and old_close <> new_close
      order by off desc nulls first, revision_id
      limit $4
    )
    select m.dataset, m.date, s.symbol, m.cause, trim_scale(m.old_close)::text as "oldClose", trim_scale(m.new_close)::text as "newClose", round(100 * m.off, 4)::text as percent
    from moved m
    left join ticker_symbols s on s.symbol_id = m.symbol_id and s.valid @> m.date
    order by m.off desc nulls first, m.revision_id`, [...values(since), limit])
  return rows
}
