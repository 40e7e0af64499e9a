import type { Timespan } from '../../datasets/timespan.js'
import type { DateRange, IsoDate } from '../../domain/dates.js'
import type { Queryable } from '../../postgres/database.js'

/** Of what kind the source of a bar is: a whole day file; a load of selected symbols of one; a provider's answer where no file has spoken, or of a length that files do not have; unknown: nothing that was written down. */
export const ORIGIN_KINDS = ['file', 'selection', 'fill', 'answer', 'unknown'] as const
export type OriginKind = (typeof ORIGIN_KINDS)[number]

/** Bars of a date that came from one source. */
export interface Origin {
  /** The date, or the first of the week or month. */
  date: IsoDate
  bars: number
  kind: OriginKind
  provider: string | null
  /** The kind of file that a load read. */
  dataset: string | null
  loadId: number | null
  fetchId: number | null
  /** Of the file's bytes as they came, or of all bytes of the answer. */
  sha256: string | null
  pulledAt: Date | null
  objectKey: string | null
}

/**
 * Where a security's bars came from, by date: counted along the index of the one security, its sources then found by their keys, one look each. A load is of one date,
 * so that bars of files are grouped by their loads and not asked for their dates, which would take longer than all the rest, but for those that no load wrote; fills have an index of their own.
 */
export async function barOrigins(db: Queryable, { table, times, fills }: Timespan, symbolId: number, { start, end }: DateRange): Promise<Origin[]> {
  const own = `symbol_id = $1 and ${times.within('time', '$2::date', '$3::date')}`
  const fetched = (filledBy: string, only: string): string => `
    select ${times.dateOf('time')} as date, null::bigint as load_id, ${filledBy} as filled_by, fetch_id, count(*) as bars from ${table} where ${own}${only} group by 1, 3, 4`
  const { rows } = await db.query<Origin>(`
    with counted as materialized (
      ${fills === null ? fetched('null::text', '') : `
        select ${times.dateOf('min(time)')} as date, load_id, null::text as filled_by, null::bigint as fetch_id, count(*) as bars from ${table} where ${own} and filled_by is null
        group by load_id, case when load_id = 0 then ${times.dateOf('time')} end
        union all ${fetched('filled_by', ' and filled_by is not null')}`}
    )
    select c.date, c.bars, l.dataset, l.load_id as "loadId", f.fetch_id as "fetchId", l.object_key as "objectKey",
           case when l.authoritative then 'file' when l.load_id is not null then 'selection' when c.filled_by is not null then 'fill' when f.fetch_id is not null then 'answer' else 'unknown' end as kind,
           coalesce(l.provider, c.filled_by, f.provider) as provider, coalesce(l.sha256, f.raw_hash) as sha256, coalesce(l.pulled_at, f.pulled_at) as "pulledAt"
    from counted c
    left join lateral (select * from lineage where load_id = c.load_id and c.filled_by is null limit 1) l on true
    left join lateral (select * from fetches where fetch_id = c.fetch_id limit 1) f on true
    order by c.date, l.load_id, f.fetch_id`, [symbolId, start, end])
  return rows
}
