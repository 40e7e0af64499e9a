import type { IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** Which revisions: null means any. */
export interface RevisionFilter {
  dataset: string
  start: IsoDate | null
  end: IsoDate | null
  symbolId: number | null
}

/** Why a bar changed: another version of the vendor's file, a repair, or another security named by the symbol. */
export const REVISION_CAUSES = ['vendor', 'repair', 'identity'] as const
export type RevisionCause = (typeof REVISION_CAUSES)[number]

/** What one load or identity change did to the bars of a date. */
export interface RevisionCount {
  date: IsoDate
  cause: RevisionCause
  added: number
  changed: number
  removed: number
  /** How many of the old bars were fills. */
  fills: number
  loadId: number | null
  objectKey: string | null
  revisedAt: Date
}

/** The fields of a bar that a revision compares. */
export const REVISED_FIELDS = ['open', 'high', 'low', 'close', 'volume', 'transactions'] as const
export type RevisedField = (typeof REVISED_FIELDS)[number]

/** One bar that changed; values as exact decimal text, all null on the side where there was no bar. */
export interface Revision {
  revisionId: number
  date: IsoDate
  /** Start of the minute; null for daily bars. */
  time: Date | null
  symbolId: number
  /** What the security was called on the date. */
  symbol: string | null
  cause: RevisionCause
  old: Record<RevisedField, string | null>
  /** The provider of the old bar where that was a fill. */
  oldFilledBy: string | null
  new: Record<RevisedField, string | null>
  loadId: number | null
  objectKey: string | null
  revisedAt: Date
}

/** Revisions counted by date, cause and the load that made them, the latest date first. */
export async function revisionCounts(db: Queryable, { dataset, start, end, symbolId }: RevisionFilter): Promise<RevisionCount[]> {
  const { rows } = await db.query<RevisionCount>(`
    with counted as (
      select date, cause, new_load_id, max(revised_at) as revised_at, count(*) filter (where old_close is null) as added,
             count(*) filter (where old_close is not null and new_close is not null) as changed, count(*) filter (where new_close is null) as removed, count(old_filled_by) as fills
      from bar_revisions
      where dataset = $1 and date between coalesce($2::date, '-infinity') and coalesce($3::date, 'infinity')
        and ($4::integer is null or symbol_id = $4)
      group by date, cause, new_load_id
    )
    select c.date, c.cause, c.added, c.changed, c.removed, c.fills, c.new_load_id as "loadId", l.object_key as "objectKey", c.revised_at as "revisedAt"
    from counted c left join lineage l on l.load_id = c.new_load_id
    order by c.date desc, c.revised_at desc`, [dataset, start, end, symbolId])
  return rows
}

/** The bars that changed, in an order: that of `latest`, which is a query of some rows of bar_revisions. */
const told = (latest: string, order: string): string => `
    with latest as (${latest})
    select r.revision_id as "revisionId", r.date, r.time, r.symbol_id as "symbolId", s.symbol, r.cause, r.old_filled_by as "oldFilledBy",
           r.new_load_id as "loadId", l.object_key as "objectKey", r.revised_at as "revisedAt",
           jsonb_build_object('open', trim_scale(old_open)::text, 'high', trim_scale(old_high)::text, 'low', trim_scale(old_low)::text,
             'close', trim_scale(old_close)::text, 'volume', trim_scale(old_volume)::text, 'transactions', old_transactions::text) as old,
           jsonb_build_object('open', trim_scale(new_open)::text, 'high', trim_scale(new_high)::text, 'low', trim_scale(new_low)::text,
             'close', trim_scale(new_close)::text, 'volume', trim_scale(new_volume)::text, 'transactions', new_transactions::text) as new
    from latest r
    left join lineage l on l.load_id = r.new_load_id
    left join ticker_symbols s on s.symbol_id = r.symbol_id and s.valid @> r.date
    order by ${order}`

/** The bars that changed, the latest date first. */
export async function revisions(db: Queryable, { dataset, start, end, symbolId }: RevisionFilter, limit: number | null): Promise<Revision[]> {
  const { rows } = await db.query<Revision>(told(`
      select *
      from bar_revisions
      where dataset = $1 and date between coalesce($2::date, '-infinity') and coalesce($3::date, 'infinity')
        and ($4::integer is null or symbol_id = $4)
      order by date desc, revision_id desc
      limit $5`, 'r.date desc, r.revision_id desc'), [dataset, start, end, symbolId, limit])
  return rows
}

/** A page of them, the latest change first, of those made before the one given. */
export async function revisionPage(db: Queryable, { dataset, start, end, symbolId, cause }: RevisionFilter & { cause: RevisionCause | null }, before: number | null, limit: number): Promise<Revision[]> {
  const { rows } = await db.query<Revision>(told(`
      select *
      from bar_revisions
      where dataset = $1 and ($2::date is null or date >= $2) and ($3::date is null or date <= $3)
        and ($4::integer is null or symbol_id = $4) and ($5::text is null or cause = $5) and ($6::bigint is null or revision_id < $6)
      order by revision_id desc
      limit $7`, 'r.revision_id desc'), [dataset, start, end, symbolId, cause, before, limit])
  return rows
}
